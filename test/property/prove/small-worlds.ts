import fc from "fast-check";
import { emptyCache, prove } from "../../../functions/core/proof/prove.ts";
import { kindsAreKept, nothingCompared } from "../condition-kinds.ts";
import { rightInAnyWorld } from "../proof/any-world.ts";
import { rightOnEveryCall } from "../proof/every-call.ts";
import { type Batch, emptyTotal } from "./batch.ts";

/** Share of the worlds of a batch that go beyond the small world's alphabet. */
const OF_ANY = 1 / 6;
/** Sets of policies about conditions of the world, for each small world. */
const CONDITION_SETS = 5;

/**
 * Tries the validator on random texts under random policies. In small worlds every call is tried. In any world, with
 * words that no compiler writes, some calls are. Tries the effects of conditions of the world besides. The same seed
 * tries the same.
 */
export async function trySmallWorlds(of: { readonly seed: number; readonly worlds: number }): Promise<Batch> {
  const [small, any] = [new Map<string, number>(), new Map<string, number>()];
  const ofAny = Math.ceil(of.worlds * OF_ANY);
  const conditionSets = of.worlds * CONDITION_SETS;
  const validator = { prove, emptyCache };
  const failure =
    (await failureOf(rightOnEveryCall(validator, small), of.seed, of.worlds)) ??
    (await failureOf(rightInAnyWorld(validator, any), of.seed, ofAny)) ??
    (await failureOf(kindsAreKept(nothingCompared()), of.seed, conditionSets));
  const [smallProven, anyProven] = [small, any].map((verdicts) => verdicts.get("proven") ?? 0) as [number, number];
  const total = { ...emptyTotal(), smallWorlds: of.worlds, smallProven, anyWorlds: ofAny, anyProven, conditionSets };
  return failure === undefined ? { total } : { total, counterexample: { seed: of.seed, ...failure } };
}

/** Smallest text and policies on which a verdict is wrong. */
async function failureOf<About>(
  property: fc.IAsyncProperty<[about: About, policies: string[]]>,
  seed: number,
  numRuns: number,
) {
  const { failed, errorInstance, counterexample } = await fc.check(property, { seed, numRuns });
  if (!failed) return undefined;
  const [about = "", policies = []] = counterexample ?? [];
  return {
    policies,
    intents: [typeof about === "string" ? about : JSON.stringify(about)],
    askers: [],
    violations: [String(errorInstance)],
  };
}
