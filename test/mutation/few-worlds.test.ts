import fc from "fast-check";
import { describe, it } from "vitest";
import { emptyCache, prove } from "../../functions/core/proof/prove.ts";
import { rightOnEveryCall } from "../property/proof/every-call.ts";
import { keptAnswersAreProofs } from "../property/proof/kept-answers.ts";

describe("I2: a proof in a few small worlds, the same each time", () => {
  it.each([1, 2, 3, 4])("is never false, and neither is a counterexample, from seed %i on", async (seed) => {
    await fc.assert(rightOnEveryCall({ prove, emptyCache }, new Map()), { seed, numRuns: 15 });
  });
});

describe("I2: remembered answers for a few requesters, the same each time", () => {
  it.each([1, 2, 3, 4])("equal those of proofs of their own, from seed %i on", (seed) => {
    fc.assert(keptAnswersAreProofs({}), { seed, numRuns: 30 });
  });
});
