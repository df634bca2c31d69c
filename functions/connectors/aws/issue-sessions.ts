import { accountOf } from "../../core/deployment/deployment.ts";
import type { SealingPorts } from "../../core/ports.ts";
import type { Session } from "../../core/tasks/sessions.ts";
import { STS_SECONDS, type Task } from "../../core/tasks/task.ts";
import type { PlannedLease } from "./plan-leases.ts";

/** A lease with the session that was issued for it. */
export interface IssuedLease extends Pick<PlannedLease, "lease" | "policy"> {
  readonly session: Session;
}

/**
 * One STS session for each planned lease: named by the task's path, so that every call it makes carries its ancestry.
 * @throws {Refusal} intent_too_large, sts_refused, sts_unavailable, store_unavailable; the others' credentials are then forgotten.
 */
export const issueSessions = (
  task: Pick<Task, "path" | "agent" | "onBehalf">,
  planned: readonly PlannedLease[],
  ports: Pick<SealingPorts, "sessions" | "personTags" | "deployment">,
): Promise<readonly IssuedLease[]> =>
  Promise.all(
    planned.map(async ({ lease, policy }) => {
      const person = personNamedIn(lease.account, task, ports);
      return {
        lease,
        policy,
        session: await ports.sessions.assume({
          account: lease.account,
          role: lease.role,
          path: task.path,
          agent: task.agent,
          // STS is asked at once where there is nobody to name: the proof is worked out meanwhile.
          ...(person ? { personTag: await ports.personTags.tagOf(person) } : {}),
          policy,
          durationSeconds: durationFor(lease.fenceAt - lease.startedAt),
          startedAt: lease.startedAt,
        }),
      };
    }),
  );

/** Person for whom the task acts, in accounts that know the tag: the roles of others admit no session that has it. */
const personNamedIn = (
  account: string,
  { onBehalf }: Pick<Task, "onBehalf">,
  { deployment }: Pick<SealingPorts, "deployment">,
): Task["onBehalf"] => (accountOf(deployment, account)?.personTag ? onBehalf : undefined);

/** The fullest of their session tokens, in per cent of what STS allows: what does not fit tomorrow shows today. */
export const fullestTokenPercent = (leases: readonly Pick<IssuedLease, "session">[]): number | undefined => {
  const told = leases.flatMap(({ session }) => session.tokenPercent ?? []);
  return told.length === 0 ? undefined : Math.max(...told);
};

/** STS issues 900 seconds at least; the fence ends the session before that. */
const durationFor = (fenceInSeconds: number): number =>
  Math.min(STS_SECONDS.most, Math.max(STS_SECONDS.least, fenceInSeconds));
