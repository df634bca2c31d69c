import type { Pair } from "../intent/pairs.ts";
import type { Verdict } from "../policy/decide.ts";
import { type Bound, contain, within } from "./contain.ts";

/**
 * Holds what policy permits within what the person has consented to, as a child is held within its parent: action by action, glob by glob, with the
 * conditions that the consent states.
 * @param consent ceiling of the consent; undefined where the task acts under none.
 */
export function withinConsent(verdict: Verdict, pair: Pair, consent: Bound | undefined): Verdict {
  if (!consent) return verdict;
  const parts = within(pair, consent);
  if ("denied" in verdict) {
    const narrower = [...new Set([...verdict.denied.narrower, ...parts])];
    return { denied: { ...verdict.denied, narrower } };
  }
  const answer = contain(verdict.permitted, consent);
  if ("contained" in answer) return { permitted: answer.contained };
  const { action, target } = pair;
  return { denied: { denial: { action, target, ...BEYOND, ...hintFor(parts) }, narrower: parts } };
}

const BEYOND = { reason: "It is not within what the person has consented to." } as const;

const hintFor = (parts: readonly string[]): { readonly hint: string } => ({
  hint:
    parts.length === 0
      ? "Ask for less, or have the person give another consent."
      : `Of this the person has consented to ${parts.slice(0, 3).join(", ")}: ask for that, or with mode=narrow.`,
});
