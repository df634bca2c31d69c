import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { slashed } from "../harness/slashed.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const VALUE_IMPORT = /^(?:import|export)\s+(?!type\b)[^;"'`]*?\bfrom "(\.[^"]+)"/gm;

/** Files that are loaded with a file: its imports of values, not the imports at a first use. */
function loadedWith(file: string, known = new Set<string>()): ReadonlySet<string> {
  if (known.has(file) || !existsSync(join(ROOT, file))) return known;
  known.add(file);
  for (const [, to = ""] of readFileSync(join(ROOT, file), "utf8").matchAll(VALUE_IMPORT))
    loadedWith(slashed(normalize(join(dirname(file), to))), known);
  return known;
}

const OF_APPROVALS =
  /^functions\/(exchange\/approvals|steps\/approvals)\/|dynamodb\/(dynamo-approvals|approval-items)\.ts$/;

describe("a cold start of the exchange", () => {
  it("loads nothing that only approvals need", () => {
    const loaded = [...loadedWith("functions/exchange/handler.ts")];
    expect(loaded.length).toBeGreaterThan(100);
    expect(loaded.filter((file) => OF_APPROVALS.test(file))).toEqual([]);
    expect([...loadedWith("functions/exchange/approvals/poll.ts")].some((file) => OF_APPROVALS.test(file))).toBe(true);
  });
});
