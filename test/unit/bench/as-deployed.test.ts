import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LAMBDA } from "../../bench/cost/lambda.ts";

const infra = (file: string): string =>
  readFileSync(new URL(`../../../infra/constructs/${file}`, import.meta.url), "utf8");

describe("the benchmark measures the deployed code", () => {
  it("bills each function for the memory that it is deployed with", () => {
    const deployed = [
      ...infra("functions/hub-functions.ts").matchAll(/make\(\s*"([\w-]+)"[\s\S]*?memoryMb: ([\d_]+)/g),
    ];
    expect(
      Object.fromEntries(deployed.map(([, name, memory = ""]) => [name, Number(memory.replace("_", ""))])),
    ).toEqual(Object.fromEntries(Object.entries(LAMBDA).map(([name, { memoryMb }]) => [name, memoryMb])));
  });
});
