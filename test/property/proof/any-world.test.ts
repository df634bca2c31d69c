import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyCache, prove } from "../../../functions/core/proof/prove.ts";
import { rightInAnyWorld } from "./any-world.ts";

describe("I2: a proof of a text that no compiler wrote, under policies that no build has checked", () => {
  it("is never false, and neither is a counterexample", async () => {
    const verdicts = new Map<string, number>();
    await fc.assert(rightInAnyWorld({ prove, emptyCache }, verdicts), { numRuns: RUNS });
    expect(verdicts.get("proven")).toBeGreaterThan(RUNS / 30);
    expect(verdicts.get("counterexample")).toBeGreaterThan(RUNS / 30);
  });
});

/** `npm run prove` tries 3,400. */
const RUNS = 60;
