import { HELD_KEY, type PlannedLease } from "../../connectors/aws/plan-leases.ts";
import { NEVER } from "../../core/ceiling/ceiling-actions.ts";
import { exceptionsOf } from "../../core/ceiling/exceptions.ts";
import { holdingIn } from "../../core/conditions/holding.ts";
import type { AccountId } from "../../core/deployment/account-id.ts";
import { accountOf, type Deployment } from "../../core/deployment/deployment.ts";
import { heldIn } from "../../core/deployment/held-in.ts";
import type { AwsDetail, Detail } from "../../core/intent/detail.ts";
import { ceilingsOf } from "../../core/people/on-behalf.ts";
import type { Requester } from "../../core/policy/entities.ts";
import type { Ports } from "../../core/ports.ts";
import type { BoundObjection, Question, StatedBound, StatedRequest } from "../../core/proof/question.ts";
import type { Task } from "../../core/tasks/task.ts";
import type { GrantedIntent, ParentScope } from "./grants.ts";

/**
 * Makes the question for the proof of a session policy: the policy's text, and the circumstances of the decision.
 * @param above session policies of the tasks above, grouped by task.
 * @param approved votes that people gave for this, or have to give.
 * @param reads ARNs of secrets that the task's sessions read by themselves.
 * @param grants the request as it was written, and the delegations above it.
 */
export function questionOfSession(
  { lease, policy, granted }: PlannedLease,
  task: Pick<Task, "openedAt" | "facts">,
  { agent, claims, purpose, ttlSeconds, atMs, ancestors = [], conditions, sourceIp, onBehalf, asks }: Requester,
  {
    above,
    reads,
    approved,
    grants,
  }: Pick<Question, "above" | "reads"> &
    Pick<Question["asker"], "approved"> & { readonly grants: Pick<GrantedIntent, "written" | "parentScope"> },
  {
    policies,
    catalogue,
    deployment,
  }: Pick<Ports, "policies" | "catalogue"> & {
    readonly deployment: Pick<Deployment, "accounts" | "held">;
  },
): Question {
  const held = heldIn(deployment, lease.account);
  return {
    text: policy,
    above,
    reads,
    catalogue,
    asked: granted.map(({ detail }) => requestOf(detail)),
    bounds: boundsOf(grants, onBehalf, lease.account),
    fenceAt: lease.fenceAt,
    account: lease.account,
    policies: policies.stated,
    never: NEVER,
    exceptions: exceptionsOf(accountOf(deployment, lease.account)?.exceptions),
    ...(held ? { held: { ...held, key: HELD_KEY } } : {}),
    asker: {
      agent,
      claims,
      purpose,
      ttlSeconds,
      atMs,
      sourceIp,
      openedAt: task.openedAt,
      chain: ancestors,
      conditions: holdingIn(conditions, lease.account),
      boundIp: task.facts.sourceIp,
      ...(approved ? { approved } : {}),
      ...(onBehalf ? { person: onBehalf } : {}),
      ...(asks ? { asks } : {}),
    },
  };
}

/** Lists the bounds that were written before the decision, each with its requests in the session's account. */
function boundsOf(
  { written, parentScope }: Pick<GrantedIntent, "written" | "parentScope">,
  onBehalf: Requester["onBehalf"],
  account: AccountId,
): readonly StatedBound[] {
  const bound = (objection: BoundObjection, details: readonly Detail[]): StatedBound => ({
    objection,
    requests: details
      .filter(isOfAws)
      .filter((each) => each.account === account)
      .map(requestOf),
  });
  return [
    bound("beyond the intent", written),
    ...ceilingsOf(onBehalf).map(({ details, source }) => bound(`beyond the ceiling of the ${source}`, details)),
    ...delegationsOf(parentScope).map((details) => bound("beyond the delegation", details)),
  ];
}

/** Lists the details of the delegation to the task, and of the delegations to the tasks above. */
function delegationsOf(scope: ParentScope | undefined): readonly (readonly Detail[])[] {
  if (scope === undefined) return [];
  const { delegated, grants } = scope;
  return [...(delegated.details ? [delegated.details] : []), ...delegationsOf(grants.parentScope)];
}

const isOfAws = (detail: Detail): detail is AwsDetail => detail.type === "aws";

/** States a detail without the number of its lease, which the written detail lacks. */
const requestOf = ({ account, actions, resources, conditions }: AwsDetail): StatedRequest => ({
  account,
  actions,
  resources,
  ...(conditions ? { conditions } : {}),
});
