import type { ConnectorLease } from "./connector-lease.ts";
import type { TaskPath } from "./path.ts";
import { type Task, UNCONFIRMED_SECONDS } from "./task.ts";

/**
 * What is to be taken back once: `RELEASE#shard` / `path#name`. Written in the transaction that plans the credential, and there until the
 * credential is known to be gone, whatever becomes of its task.
 */
export interface Release {
  readonly lease: ConnectorLease;
  /** Whether somebody may have been given the credential. */
  readonly confirmed: boolean;
}

/** A lease of a task, as a message names it. */
export interface LeaseRef {
  readonly path: TaskPath;
  readonly name: string;
}

/** A lease, and when its time is over; epoch seconds. */
export interface LeaseDeadline extends LeaseRef {
  readonly dueAt: number;
}

/** How long after it was due a credential that still stands is a matter for a person; seconds. */
export const OVERDUE_SECONDS = 600;

/**
 * Since when the credential has to go, or nothing while it may stand; epoch seconds. A message that asks for it proves nothing.
 * @param task as it is now; nothing where it was closed so long ago that it is gone.
 */
export function dueSince(
  { lease, confirmed }: Release,
  task: Pick<Task, "status" | "endedAt"> | undefined,
  nowSeconds: number,
): number | undefined {
  if (!task) return lease.expiresAt;
  if (task.status !== "active") return task.endedAt ?? lease.expiresAt;
  if (lease.expiresAt <= nowSeconds) return lease.expiresAt;
  const given = lease.startedAt + UNCONFIRMED_SECONDS;
  return !confirmed && given <= nowSeconds ? given : undefined;
}
