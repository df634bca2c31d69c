import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Catalogue } from "../../../functions/core/catalogue/catalogue.ts";
import { readCatalogue } from "../../../functions/load-catalogue.ts";
import { deployedThreats, reachParts } from "../../../functions/policy/reach/reach-parts.ts";
import { parsePolicies } from "../../../functions/policy/read/parse-policies.ts";
import { buildDeployment } from "../../../infra/config/build-deployment.ts";
import { folderWith } from "../policy-tools/folder.ts";

const CATALOGUE = Catalogue.from(readCatalogue());
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Reach as it is deployed, with the demonstration's policies and one more. */
function built(more: string): ReturnType<typeof deployedThreats> {
  const schema = readFileSync(`${ROOT}policies/schema.cedarschema`, "utf8");
  const demo = readFileSync(`${ROOT}policies/demo.cedar`, "utf8");
  const { dir } = buildDeployment({
    configFile: `${ROOT}valetkey.json`,
    policiesDir: folderWith({ "schema.cedarschema": schema, "demo.cedar": demo, "more.cedar": more }),
    outDir: folderWith({}),
  });
  return JSON.parse(readFileSync(`${dir}/threat.json`, "utf8"));
}

it("the build writes what policies let agents reach, by the heads of policies", () => {
  const before = built("// nothing more");
  const after = built(
    '@id("web") permit (principal == Agent::"web-1", action == Action::"tool:Call", resource is Tool) when { resource.name == "a" };',
  );
  expect(before.format).toBe("valetkey.reach-parts/2");
  expect(Object.keys(before.parts)).toEqual(["team:demo"]);
  expect(Object.keys(after.parts)).toEqual(["agent:web-1", "team:demo"]);
  expect(after.parts["team:demo"]).toEqual(before.parts["team:demo"]);
});

describe("the connectors of a part", () => {
  const part = (action: string, sections: object = DATABASES) => {
    const text = `@id("a") permit (principal is Agent, action${action}, resource);`;
    return partsFrom(text, sections).parts.everybody?.connectors;
  };
  const DATABASES = { databases: [{ name: "orders", host: "a" }] };

  it("are those whose actions, or groups of actions, its permits name", () => {
    expect(part(' == Action::"tool:Call"')).toEqual([]);
    expect(part(' == Action::"postgres:Select"')).toEqual(["postgres"]);
    expect(part(' in Action::"postgres:Read"')).toEqual(["postgres"]);
    expect(part(' in [Action::"s3:GetObject", Action::"secret:Read"]')).toEqual(["secret"]);
    expect(part("")).toEqual(["postgres", "secret"]);
  });

  it("are named by what they are configured with, whatever its order", () => {
    const hashOf = (...databases: readonly object[]) =>
      partsFrom("// no policy", { databases }).connectors.postgres?.sha256;
    const [orders, bills] = [
      { name: "orders", host: "a" },
      { name: "bills", host: "b" },
    ];
    expect(hashOf(orders, bills)).toBe(hashOf(bills, { host: "a", name: "orders" }));
    expect(hashOf(orders)).not.toBe(hashOf({ ...orders, host: "evil" }));
    expect(hashOf(orders)).not.toBe(hashOf(orders, bills));
  });
});

/** Parts of one text of policies, with these sections of connectors. */
function partsFrom(text: string, sections: object) {
  const policies = parsePolicies({ name: "only.cedar", path: "only.cedar", text });
  return deployedThreats(reachParts({ policies, catalogue: CATALOGUE, accounts: ["111122223333"] }, sections));
}
