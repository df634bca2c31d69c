import fc from "fast-check";
import { nothingKept, prove } from "../../../functions/core/proof/prove.ts";
import { rightOnEveryCall } from "../proof/every-call.ts";
import { type Batch, emptyTotal } from "./batch.ts";

/** Tries the validator on random texts under random policies, by every call of a small world. The same seed tries the same. */
export async function trySmallWorlds({
  seed,
  worlds,
}: {
  readonly seed: number;
  readonly worlds: number;
}): Promise<Batch> {
  const verdicts = new Map<string, number>();
  const { failed, errorInstance, counterexample } = await fc.check(rightOnEveryCall({ prove, nothingKept }, verdicts), {
    seed,
    numRuns: worlds,
  });
  const total = { ...emptyTotal(), smallWorlds: worlds, smallProven: verdicts.get("proven") ?? 0 };
  if (!failed) return { total };
  const [text = "", policies = []] = counterexample ?? [];
  return {
    total,
    counterexample: { seed, policies, intents: [text], askers: [], violations: [String(errorInstance)] },
  };
}
