import type { Ports } from "../core/ports.ts";
import type { Lease } from "../core/tasks/task.ts";
import type { OpenedTask } from "./opened-task.ts";
import type { RenewedLease } from "./renew-lease.ts";

declare const confirmed: unique symbol;

/** Leases whose AccessKeyId is recorded: only now may anybody be given the credentials (I6). */
export type Issued<T> = T & { readonly [confirmed]: true };

/**
 * Writes what STS answered, while the task is still active.
 * @throws {Refusal} task_ended where it ended meanwhile: the credentials are then forgotten.
 */
export async function confirmLeases<T extends OpenedTask | RenewedLease>(
  issued: T,
  ports: Pick<Ports, "tasks" | "recent">,
): Promise<Issued<T>> {
  const confirmedLeases = issued.leases.map(
    ({ lease, session }): Lease => ({
      ...lease,
      state: "issued",
      accessKeyId: session.accessKeyId,
      issuedAt: session.issuedAt,
    }),
  );
  if (confirmedLeases.length > 0) await ports.tasks.confirm(issued.task.path, confirmedLeases);
  for (const [index, { session }] of issued.leases.entries()) {
    const lease = confirmedLeases[index];
    if (lease) ports.recent.keep(issued.task.path, lease, session);
  }
  return issued as Issued<T>;
}
