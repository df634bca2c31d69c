import type { Pair } from "../intent/pairs.ts";
import { decide, type Permitted, type Verdict } from "../policy/decide.ts";
import type { Requester } from "../policy/entities.ts";
import type { Policies } from "../policy/query.ts";
import { type Bound, contain, within } from "./contain.ts";

/**
 * Decides one pair by policy, as for any agent, and then by each bound: a permitted pair lies within all bounds and inherits what they demand.
 * Without bounds, policy alone decides.
 * @param isOneOfMany as `decide` has it.
 */
export function decideWithin(
  pair: Pair,
  bounds: readonly Bound[],
  requester: Requester,
  policies: Policies,
  isOneOfMany = false,
): Verdict {
  const verdict = decide(pair, requester, policies, isOneOfMany);
  const parts = bounds.flatMap((bound) => within(pair, bound));
  if ("denied" in verdict) {
    return { denied: { ...verdict.denied, narrower: [...new Set([...verdict.denied.narrower, ...parts])] } };
  }
  let permitted: Permitted = verdict.permitted;
  for (const bound of bounds) {
    const answer = contain(permitted, bound);
    if ("denial" in answer) return { denied: { denial: answer.denial, narrower: [...new Set(parts)] } };
    permitted = answer.contained;
  }
  return { permitted };
}
