import type { Pair } from "../intent/pairs.ts";
import { decide, type Permitted, type Verdict } from "../policy/decide.ts";
import { personOf, type Requester } from "../policy/entities.ts";
import { strictest } from "../policy/obligations.ts";
import type { Policies } from "../policy/query.ts";
import { boundOf } from "./bounds.ts";
import { type Bound, contain, within } from "./contain.ts";

/**
 * Decides one pair by policy, as for any agent, and then by each bound. A permitted pair lies within all bounds and
 * inherits their conditions and Denies. Without bounds, policy alone decides. For an agent that acts for a person,
 * policy must also permit the person the same pair; the demands on both then apply (B1).
 * @param isOneOfMany as in `decide`.
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
  const person = personOf(requester);
  return person ? decideForPerson(permitted, person, policies, isOneOfMany) : { permitted };
}

/**
 * Decides for the person about a pair that the agent is permitted. The result has the conditions, Denies and
 * obligations of both.
 */
function decideForPerson(permitted: Permitted, person: Requester, policies: Policies, isOneOfMany: boolean): Verdict {
  const verdict = decide(permitted.pair, person, policies, isOneOfMany);
  if ("denied" in verdict) {
    const { denial, narrower } = verdict.denied;
    return { denied: { denial: { ...denial, reason: `For the person it acts for: ${denial.reason}` }, narrower } };
  }
  const { permitted: own } = verdict;
  const [[permit = "", ...forbids], [other = "", ...others]] = [permitted.policies, own.policies];
  const answer = contain(permitted, boundOf([own]));
  if ("denial" in answer) return { denied: { denial: { ...answer.denial, ...APART }, narrower: [] } };
  return {
    permitted: {
      ...answer.contained,
      policies: [...new Set([permit, other, ...forbids, ...others])],
      obligations: strictest([permitted.obligations, own.obligations]),
    },
  };
}

const APART = {
  reason: "Policy permits it to the agent and to the person it acts for, but under conditions that conflict.",
  hint: "Request a part of it: use mode=narrow, or resources with one tag.",
} as const;
