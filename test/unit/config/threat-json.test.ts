import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { buildDeployment } from "../../../config/build-deployment.ts";
import type { ReachParts } from "../../../policy-tools/reach/reach-parts.ts";
import { folderWith } from "../policy-tools/folder.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Reach as it is deployed, with the demonstration's policies and one more. */
function built(more: string): ReachParts {
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
  expect(before.format).toBe("valetkey.reach-parts/1");
  expect(Object.keys(before.parts)).toEqual(["team:demo"]);
  expect(Object.keys(after.parts)).toEqual(["agent:web-1", "team:demo"]);
  expect(after.parts["team:demo"]).toEqual(before.parts["team:demo"]);
});
