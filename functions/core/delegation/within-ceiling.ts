import type { Pair } from "../intent/pairs.ts";
import type { PersonsCeiling } from "../people/on-behalf.ts";
import type { Verdict } from "../policy/decide.ts";
import { type Bound, contain, within } from "./contain.ts";

/**
 * Limits what policy permits to the ceiling of the person's token or consent. The ceiling limits as a parent limits its
 * child: action by action, glob by glob, with its conditions.
 */
export function withinCeiling(verdict: Verdict, pair: Pair, ceiling: Bound, source: PersonsCeiling["source"]): Verdict {
  const parts = within(pair, ceiling);
  if ("denied" in verdict) {
    const narrower = [...new Set([...verdict.denied.narrower, ...parts])];
    return { denied: { ...verdict.denied, narrower } };
  }
  const answer = contain(verdict.permitted, ceiling);
  if ("contained" in answer) return { permitted: answer.contained };
  const { action, target } = pair;
  const { reason, part, more } = WORDS[source];
  const hint =
    parts.length === 0
      ? `Ask for less, or ${more}.`
      : `Of this, ${part} ${parts.slice(0, 3).join(", ")}: request that, or use mode=narrow.`;
  return { denied: { denial: { action, target, reason, hint }, narrower: parts } };
}

const WORDS = {
  consent: {
    reason: "The person's consent does not include it.",
    part: "the person has consented to",
    more: "have the person give another consent",
  },
  token: {
    reason: "The person's token does not allow it.",
    part: "the person's token allows",
    more: "have the person sign in for more",
  },
} as const satisfies Record<PersonsCeiling["source"], object>;
