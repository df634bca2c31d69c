import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyCache, prove } from "../../../functions/core/proof/prove.ts";
import { rightInAnyWorld } from "./any-world.ts";
import { rightOnEveryCall } from "./every-call.ts";
import { MUTANTS, TAKEN_OUT, validatorWith } from "./mutants.ts";

describe.each([
  ["a small world", MUTANTS, rightOnEveryCall],
  ["a text that no compiler writes", TAKEN_OUT, rightInAnyWorld],
] as const)("I2: a validator with a mistake, by %s", (_by, mutants, right) => {
  it.each(Object.entries(mutants))("gives a wrong verdict on some call where %s", async (_mistake, mutant) => {
    const { seed } = mutant;
    const broken = right(await validatorWith(mutant), new Map());
    const { failed, numRuns, errorInstance } = await fc.check(broken, { numRuns: 2_000, seed, endOnFailure: true });
    expect([failed, String(errorInstance)]).toEqual([true, expect.stringContaining("and it is not so")]);
    // Checks the same worlds with the real validator, which is right on all of them.
    await fc.assert(right({ prove, emptyCache }, new Map()), { numRuns, seed });
  });
});
