import { HELD_KEY, type PlannedLease } from "../../connectors/aws/plan-leases.ts";
import { NEVER } from "../../core/ceiling/ceiling-actions.ts";
import { exceptionsOf } from "../../core/ceiling/exceptions.ts";
import { accountOf, type Deployment } from "../../core/deployment/deployment.ts";
import { heldIn } from "../../core/deployment/held-in.ts";
import type { Requester } from "../../core/policy/entities.ts";
import type { Ports } from "../../core/ports.ts";
import type { Question } from "../../core/proof/question.ts";
import type { Task } from "../../core/tasks/task.ts";

/**
 * Makes the question for the proof of a session policy: the policy's text, and the circumstances of the decision.
 * @param above session policies of the tasks above, grouped by task.
 * @param approved votes that people gave for this, or have to give.
 * @param reads ARNs of secrets that the task's sessions read by themselves.
 */
export function questionOfSession(
  { lease, policy, granted }: PlannedLease,
  task: Pick<Task, "openedAt" | "facts">,
  { agent, claims, purpose, ttlSeconds, atMs, ancestors = [], sourceIp, onBehalf, asks }: Requester,
  { above, reads, approved }: Pick<Question, "above" | "reads"> & Pick<Question["asker"], "approved">,
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
    ...{ text: policy, above, reads, catalogue },
    asked: granted.map(({ detail }) => detail),
    fenceAt: lease.fenceAt,
    account: lease.account,
    policies: policies.stated,
    never: NEVER,
    exceptions: exceptionsOf(accountOf(deployment, lease.account)?.exceptions),
    ...(held ? { held: { ...held, key: HELD_KEY } } : {}),
    asker: {
      ...{ agent, claims, purpose, ttlSeconds, atMs, sourceIp },
      openedAt: task.openedAt,
      chain: ancestors,
      boundIp: task.facts.sourceIp,
      ...(approved ? { approved } : {}),
      ...(onBehalf ? { person: onBehalf } : {}),
      ...(asks ? { asks } : {}),
    },
  };
}
