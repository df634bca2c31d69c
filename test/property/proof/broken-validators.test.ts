import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nothingKept, prove } from "../../../functions/core/proof/prove.ts";
import { rightOnEveryCall } from "./every-call.ts";
import { MUTANTS, validatorWith } from "./mutants.ts";

describe("I2: a validator with a mistake", () => {
  it.each(Object.entries(MUTANTS))("is seen to be wrong on some call where %s", async (_mistake, mutant) => {
    const { seed } = mutant;
    const broken = rightOnEveryCall(await validatorWith(mutant), new Map());
    const { failed, numRuns, errorInstance } = await fc.check(broken, { numRuns: 2_000, seed, endOnFailure: true });
    expect([failed, String(errorInstance)]).toEqual([true, expect.stringContaining("and it is not so")]);
    // The same worlds, and nothing against the validator itself.
    await fc.assert(rightOnEveryCall({ prove, nothingKept }, new Map()), { numRuns, seed });
  });
});
