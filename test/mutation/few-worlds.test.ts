import fc from "fast-check";
import { describe, it } from "vitest";
import { nothingKept, prove } from "../../functions/core/proof/prove.ts";
import { rightOnEveryCall } from "../property/proof/every-call.ts";

describe("I2: a proof in a few small worlds, the same each time", () => {
  it.each([1, 2, 3, 4])("is never false, and neither is a counterexample, from seed %i on", async (seed) => {
    await fc.assert(rightOnEveryCall({ prove, nothingKept }, new Map()), { seed, numRuns: 15 });
  });
});
