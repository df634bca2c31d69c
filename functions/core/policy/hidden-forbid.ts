import type { Denial } from "../../../contract/refusals.ts";
import type { ResourcePair } from "../intent/pairs.ts";
import { decideSet, type Kept } from "./decide-set.ts";
import type { Requester } from "./entities.ts";
import { furtherReach } from "./further-reach.ts";
import type { Policies } from "./query.ts";

/**
 * Returns a denial where a forbid applies to resources that the call reaches and IAM does not check. No Deny of the
 * session policy would hold there. `ssm:GetParametersByPath` on `parameter/app` returns `parameter/app/db/password`; an
 * access point reads the objects of its bucket.
 * @param known forbids that became Denies of the session policy.
 */
export function hiddenForbid(
  pair: ResourcePair,
  requester: Requester,
  policies: Policies,
  known: readonly string[],
): Omit<Denial, "action" | "target"> | undefined {
  const further = furtherReach(pair.action, pair.target);
  if (!further) return undefined;
  const { target, as } = further;
  const place = as === "name" ? { service: "s3", region: "" } : {};
  const answer = decideSet({ ...pair, ...place, target, isPattern: true }, requester, policies);
  if ("reason" in answer) return { ...answer, ...HIDDEN[as] };
  // A forbid by the objects' tags alone became a Deny of the access point's own ARN too, which IAM checks.
  const isChecked = ({ policy, deny }: Kept) => known.includes(policy) && deny.resources.includes(target);
  const hidden = answer.kept.find(
    (each) => each.deny.resources.some(further.holds) && (as === "below" || !isChecked(each)),
  );
  return hidden && { ...HIDDEN[as], policy: hidden.policy };
}

const HIDDEN = {
  below: {
    reason: "The action returns everything below this resource, and a policy forbids a part of it.",
    hint: "Ask for the needed resources one by one, such as ssm:GetParameters on the parameters.",
  },
  name: {
    reason: "The resource is an access point, and a policy forbids a bucket that it may belong to.",
    hint: "Ask for the objects by the ARN of their bucket.",
  },
} as const;
