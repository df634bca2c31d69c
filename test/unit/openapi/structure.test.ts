import { describe, expect, it } from "vitest";
import { DOCUMENT, DOCUMENTED } from "./documented.ts";

/** Faults that would stop a reader of OpenAPI 3.1. A linter such as `npx @redocly/cli lint` finds the rest. */
describe("the structure of docs/openapi.json", () => {
  const nodes = [...walk(DOCUMENT)];

  it("points only to what is there", () => {
    const broken = nodes.flatMap(({ $ref }) => (typeof $ref === "string" && resolve($ref) === undefined ? [$ref] : []));
    expect(broken).toEqual([]);
  });

  it("has no component that nothing points to", () => {
    const used = new Set(nodes.map(({ $ref }) => $ref));
    const defined = Object.entries(DOCUMENT.components)
      .filter(([kind]) => kind !== "securitySchemes")
      .flatMap(([kind, entries]) => Object.keys(entries).map((name) => `#/components/${kind}/${name}`));
    expect(defined.filter((pointer) => !used.has(pointer))).toEqual([]);
  });

  it("names each operation once, and every security scheme it uses", () => {
    const names = [...DOCUMENTED.values()].map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    const used = [...DOCUMENTED.values()].flatMap(({ security }) => security.flatMap((each) => Object.keys(each)));
    expect([...new Set(used)].sort()).toEqual(Object.keys(DOCUMENT.components.securitySchemes ?? {}).sort());
  });

  it.each([...DOCUMENTED])(
    "%s describes its path's parameters, and has a summary and a description",
    (route, operation) => {
      const inPath = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const parameters = operation.parameters ?? [];
      expect(parameters.filter((each) => each.in === "path").map(({ name }) => name)).toEqual(inPath);
      for (const { description } of [operation, ...parameters]) expect(description).toMatch(/\w/);
      expect(operation.summary).toMatch(/\w/);
    },
  );

  it("writes patterns that JSON Schema can read", () => {
    const patterns = nodes.flatMap(({ pattern }) => (typeof pattern === "string" ? [pattern] : []));
    expect(patterns.length).toBeGreaterThan(10);
    // A pattern that is not one throws; JSON Schema reads them with this flag (2020-12, section 6.4).
    for (const pattern of patterns) expect(new RegExp(pattern, "u").source).toBe(pattern);
  });
});

function* walk(value: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield value as Readonly<Record<string, unknown>>;
  for (const entry of Object.values(value)) yield* walk(entry);
}

const resolve = (pointer: string): unknown =>
  pointer
    .replace("#/", "")
    .split("/")
    .reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key], DOCUMENT);
