import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { configJsonSchema } from "../../../infra/config/json-schema.ts";

interface Node {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
}

const schema = JSON.parse(JSON.stringify(configJsonSchema())) as Node;

/** Every field, by its path. */
function* fieldsOf(node: Node, path: string): Generator<readonly [string, Node]> {
  for (const [name, field] of Object.entries(node.properties ?? {})) {
    yield [`${path}.${name}`, field];
    yield* fieldsOf(field, `${path}.${name}`);
  }
  for (const inner of [node.items, ...(node.anyOf ?? []), ...(node.oneOf ?? [])]) {
    if (inner) yield* fieldsOf(inner, path);
  }
}

describe("valetkey.schema.json", () => {
  it("is what the build checks the configuration with (npm run schema writes it)", () => {
    const file = new URL("../../../valetkey.schema.json", import.meta.url);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(schema);
  });

  it("explains every field", () => {
    const fields = [...fieldsOf(schema, "")];
    expect(fields.length).toBeGreaterThan(25);
    expect(fields.filter(([, { description }]) => !description).map(([path]) => path)).toEqual([]);
  });

  it("is named by both configurations, so that editors find it", () => {
    for (const [file, name] of [
      ["valetkey.json", "./valetkey.schema.json"],
      ["local/valetkey.json", "../valetkey.schema.json"],
    ]) {
      const text = readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8");
      expect(JSON.parse(text).$schema).toBe(name);
    }
  });

  it("refuses fields that nobody knows", () => {
    expect(schema).toMatchObject({
      additionalProperties: false,
      required: ["hub", "url", "issuers", "accounts", "operators"],
    });
  });
});
