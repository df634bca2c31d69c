import { defined } from "../../core/defined.ts";
import type { AccountId } from "../../core/deployment/account-id.ts";
import { accountOf } from "../../core/deployment/deployment.ts";
import type { SealingPorts } from "../../core/ports.ts";
import type { Session } from "../../core/tasks/sessions.ts";
import { STS_SECONDS, type Task } from "../../core/tasks/task.ts";
import type { PlannedLease } from "./plan-leases.ts";

/** A lease with the session that was issued for it. */
export interface IssuedLease extends Pick<PlannedLease, "lease" | "policy" | "rules"> {
  readonly session: Session;
}

/**
 * Issues one STS session for each planned lease. The session is named by the task's path, so every call that it makes
 * carries its ancestry.
 * @throws {Refusal} intent_too_large, sts_refused, sts_unavailable, store_unavailable; the credentials of the other
 * sessions are then dropped.
 */
export const issueSessions = (
  task: Pick<Task, "path" | "agent" | "onBehalf">,
  planned: readonly PlannedLease[],
  ports: Pick<SealingPorts, "sessions" | "personTags" | "deployment">,
): Promise<readonly IssuedLease[]> =>
  Promise.all(
    planned.map(async ({ lease, policy, rules }) => {
      const person = personNamedIn(lease.account, task, ports);
      return {
        lease,
        policy,
        ...defined({ rules }),
        session: await ports.sessions.assume({
          account: lease.account,
          role: lease.role,
          path: task.path,
          agent: task.agent,
          // Without a person to name, the request to STS starts at once, while the session policy is being proven.
          ...(person ? { personTag: await ports.personTags.tagOf(person) } : {}),
          policy,
          durationSeconds: durationFor(lease.fenceAt - lease.startedAt),
          startedAt: lease.startedAt,
        }),
      };
    }),
  );

/**
 * Returns the person for whom the task acts, in accounts that know the tag. The task roles of other accounts admit no
 * session that has the tag.
 */
const personNamedIn = (
  account: AccountId,
  { onBehalf }: Pick<Task, "onBehalf">,
  { deployment }: Pick<SealingPorts, "deployment">,
): Task["onBehalf"] => (accountOf(deployment, account)?.personTag ? onBehalf : undefined);

/**
 * Returns the size of the largest session token, in per cent of STS's limit. The log thus shows growth before STS
 * refuses a token.
 */
export const fullestTokenPercent = (
  leases: readonly { readonly session: Pick<Session, "tokenPercent"> }[],
): number | undefined => {
  const percentages = leases.flatMap(({ session }) => session.tokenPercent ?? []);
  return percentages.length === 0 ? undefined : Math.max(...percentages);
};

/** STS issues 900 seconds at least; the fence ends the session before that. */
const durationFor = (fenceInSeconds: number): number =>
  Math.min(STS_SECONDS.most, Math.max(STS_SECONDS.least, fenceInSeconds));
