import type { IssuedLease } from "../../connectors/aws/issue-sessions.ts";
import type { Deployment } from "../../core/deployment/deployment.ts";
import { partitionOf } from "../../core/deployment/partition-of.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { endpointsOf } from "../../core/signing/aws-hosts.ts";
import type { SessionLease, Task } from "../../core/tasks/task.ts";
import type { KeptSession } from "../../core/tasks/tasks.ts";
import { servicesOf } from "../../steps/tasks/describe-details.ts";

/** Encrypts the sessions that stay in the hub, each for its task and lease, and with its rules. @throws {Refusal} store_unavailable. */
export async function lockSessions(
  path: Task["path"],
  staying: readonly Omit<IssuedLease, "policy">[],
  { sessionLock }: Pick<SealingPorts, "sessionLock">,
): Promise<readonly KeptSession[]> {
  const lock = await sessionLock();
  return Promise.all(
    staying.map(async ({ lease, session, rules }) => {
      // A session without rules would sign without its budgets.
      if (!rules) throw new Error(`the session ${lease.name} stays in the hub without rules`);
      return { lease: lease.name, ...(await lock.lock(path, lease, { session, rules })) };
    }),
  );
}

/** Lists the services that a lease is for, with the hosts of their requests. A hub and its accounts share the partition of its Regions. */
export const endpointsFor = (lease: SessionLease, { details }: Pick<Task, "details">, { accounts }: Deployment) =>
  endpointsOf(servicesOf(lease, details), partitionOf(accounts.find(({ id }) => id === lease.account)?.region ?? ""));
