import type { SealingPorts } from "../../core/ports.ts";
import type { Session } from "../../core/tasks/sessions.ts";
import type { SessionLease } from "../../core/tasks/task.ts";
import { withdrawTask } from "../../steps/tasks/withdraw-task.ts";
import type { CountingHooks } from "./count-grant.ts";
import { revokeUnfindable } from "./issue-connected.ts";
import type { OpenedTask } from "./opened-task.ts";
import type { RenewedLease } from "./renew-lease.ts";

declare const confirmed: unique symbol;

/** Leases whose AccessKeyId is recorded, which I6 requires before the credentials are handed out. */
export type Issued<T> = T & { readonly [confirmed]: true };

/**
 * Records the answers of STS and the connectors, and confirms the task, while it is still active. On failure, drops the credentials, and withdraws a
 * task that was opened for them: nobody will hold it.
 * @throws {Refusal} task_ended where the task ended meanwhile, contended, store_unavailable.
 */
export async function confirmLeases<T extends OpenedTask | RenewedLease>(
  issued: T,
  ports: Pick<SealingPorts, "tasks" | "recent" | "clock" | "connectors"> & CountingHooks,
): Promise<Issued<T>> {
  // A lease that this process has just handed out is recorded already: a looping client causes no loop of writes.
  const fresh = issued.leases.filter(({ lease }) => lease.state === "issuing");
  const confirmations = fresh.map(
    ({ lease, session }): { readonly lease: SessionLease; readonly session: Session } => ({
      lease: { ...lease, state: "issued", accessKeyId: session.accessKeyId, issuedAt: session.issuedAt },
      session,
    }),
  );
  const request = "request" in issued ? issued.request : undefined;
  const connected = "connected" in issued ? issued.connected.map(({ lease }) => lease) : [];
  try {
    const leases = confirmations.map(({ lease }) => lease);
    // Confirms a new task without leases too: the sweep withdraws unconfirmed tasks.
    if (leases.length > 0 || "connected" in issued)
      await ports.tasks.confirm(issued.task.path, leases, connected, request);
  } catch (error) {
    if ("connected" in issued) await revokeUnfindable(issued.connected, ports);
    if ("isNew" in issued && issued.isNew) await withdrawTask(issued.task, ports, request);
    throw error;
  }
  for (const { lease, session } of confirmations) ports.recent.keep(issued.task.path, lease, session);
  return issued as Issued<T>;
}
