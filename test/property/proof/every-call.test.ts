import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nothingKept, prove } from "../../../functions/core/proof/prove.ts";
import { rightOnEveryCall } from "./every-call.ts";

describe("I2: a proof of any text under any policies, by every call of a small world", () => {
  it("is never false, and neither is a counterexample", { timeout: 300_000 }, async () => {
    const verdicts = new Map<string, number>();
    await fc.assert(rightOnEveryCall({ prove, nothingKept }, verdicts), { numRuns: RUNS });
    expect(verdicts.get("proven")).toBeGreaterThan(RUNS / 20);
    expect(verdicts.get("counterexample")).toBeGreaterThan(RUNS / 20);
  });
});

/** `npm run prove` tries 20,000. */
const RUNS = 150;
