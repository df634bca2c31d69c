import { furtherReach } from "../catalogue/further-reach.ts";
import type { ResourcePair } from "../intent/pairs.ts";
import type { Denial } from "../refusal.ts";
import { decideSet } from "./decide-set.ts";
import type { Requester } from "./entities.ts";
import type { Policies } from "./query.ts";

/**
 * The denial where a forbid is about something that the call gives and that IAM will not be asked about: no Deny of the session policy could hold
 * there. `ssm:GetParametersByPath` on `parameter/app` answers with `parameter/app/db/password`; an access point reads the objects of its bucket.
 * @param known forbids that the session policy keeps already.
 */
export function hiddenForbid(
  pair: ResourcePair,
  asker: Requester,
  policies: Policies,
  known: readonly string[],
): Omit<Denial, "action" | "target"> | undefined {
  const further = furtherReach(pair.action, pair.target);
  if (!further) return undefined;
  const { target, as } = further;
  const place = as === "name" ? { service: "s3", region: "", arnNamesAccount: false } : {};
  const answer = decideSet({ ...pair, ...place, target, isPattern: true }, asker, policies);
  if ("reason" in answer) return { ...answer, ...HIDDEN[as] };
  if (!answer.denies.some(({ resources }) => resources.some(further.holds))) return undefined;
  const policy = answer.forbids.find((each) => as === "below" || !known.includes(each));
  return policy === undefined ? undefined : { ...HIDDEN[as], policy };
}

const HIDDEN = {
  below: {
    reason: "The action answers with all that is below this resource, and a policy forbids some of that.",
    hint: "Ask for what is needed by itself, such as ssm:GetParameters on the parameters.",
  },
  name: {
    reason: "The resource is an access point, and a policy forbids some bucket for which it may stand.",
    hint: "Ask for the objects by the ARN of their bucket.",
  },
} as const;
