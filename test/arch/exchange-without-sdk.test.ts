import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { slashed } from "../harness/slashed.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const IMPORT = /^(?:import|export)\s+(?!type\b)[^;"'`]*?\bfrom "([^"]+)"|\bimport\("([^"]+)"\)/gm;

/** Imports of values in a file and in all that it imports, at once or later: each with the file. */
function importsOf(file: string, known = new Set<string>()): readonly (readonly [string, string])[] {
  if (known.has(file) || !existsSync(join(ROOT, file))) return [];
  known.add(file);
  const found = [...readFileSync(join(ROOT, file), "utf8").matchAll(IMPORT)].map(([, at, later]) => at ?? later ?? "");
  return found.flatMap((to) =>
    to.startsWith(".") ? importsOf(slashed(normalize(join(dirname(file), to))), known) : [[file, to] as const],
  );
}

const sdkIn = (file: string) => importsOf(file).filter(([, to]) => to.startsWith("@aws-sdk/client-"));

describe("the exchange", () => {
  it("has no client of the SDK in any of its files: the small client calls AWS", () => {
    expect(importsOf("functions/exchange/handler.ts").length).toBeGreaterThan(50);
    expect(sdkIn("functions/exchange/handler.ts")).toEqual([]);
    expect(sdkIn("functions/rotate/handler.ts").length).toBeGreaterThan(0);
  });
});
