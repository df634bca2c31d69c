import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { BUNDLING } from "../../../bench/cold/bundle.ts";
import { LAMBDA } from "../../../bench/cost/lambda.ts";

const infra = (file: string): string =>
  readFileSync(new URL(`../../../infra/constructs/${file}`, import.meta.url), "utf8");

describe("what is measured is what is deployed", () => {
  const least = infra("least-function.ts");

  const options: readonly (readonly [what: string, text: string])[] = [
    ["format", "OutputFormat.ESM"],
    ["target", `target: "${BUNDLING.target}"`],
    ["main fields", `mainFields: ${JSON.stringify(BUNDLING.mainFields).replace(",", ", ")}`],
    ["minification", `minify: ${BUNDLING.minify}`],
    ["the SDK inside", "bundleAwsSDK: true"],
    ...BUNDLING.banner.js.split(/(?<=module";)/).map((line) => ["the banner", line] as const),
    ...Object.keys(BUNDLING.alias).map((name) => ["an alias", `"--alias:${name}"`] as const),
  ];

  it.each(options)("bundles as the stack does: %s", (_what, text) => {
    expect(least).toContain(text);
  });

  it("has no alias less than the stack", () => {
    expect(least.match(/--alias:/g)).toHaveLength(Object.keys(BUNDLING.alias).length);
  });

  it("bills each function for the memory that it is deployed with", () => {
    const deployed = [...infra("hub-functions.ts").matchAll(/make\(\s*"([\w-]+)"[\s\S]*?memoryMb: ([\d_]+)/g)];
    expect(
      Object.fromEntries(deployed.map(([, name, memory = ""]) => [name, Number(memory.replace("_", ""))])),
    ).toEqual(Object.fromEntries(Object.entries(LAMBDA).map(([name, { memoryMb }]) => [name, memoryMb])));
  });
});
