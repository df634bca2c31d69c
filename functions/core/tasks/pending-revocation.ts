import type { TaskPath } from "../task-path.ts";
import type { ConnectorLease } from "./connector-lease.ts";
import { type Task, UNCONFIRMED_SECONDS } from "./task.ts";

/**
 * Credential that must be revoked in the future: `REVOCATION#shard` / `path#name`. The transaction that plans the
 * credential writes the item. Whatever happens to the task, the item is removed only once the credential is known to be
 * gone.
 */
export interface PendingRevocation {
  readonly lease: ConnectorLease;
  /** True where the credential may have been issued to the agent. */
  readonly confirmed: boolean;
}

/** Reference to a task's lease, as messages carry it. */
export interface LeaseRef {
  readonly path: TaskPath;
  readonly name: string;
}

/** Reference to a lease with its deadline. */
export interface LeaseDeadline extends LeaseRef {
  /** Epoch seconds. */
  readonly dueAt: number;
}

/** Delay after which a due credential that is not yet revoked is reported to the operators; seconds. */
export const OVERDUE_SECONDS = 600;

/**
 * Returns the moment from which the credential is due for revocation, epoch seconds; undefined while the credential may
 * live. Only the record decides, since the message that requests a revocation proves nothing.
 * @param task read now; undefined where its record no longer exists.
 */
export function dueSince(
  { lease, confirmed }: PendingRevocation,
  task: Pick<Task, "status" | "endedAt"> | undefined,
  nowSeconds: number,
): number | undefined {
  if (!task) return lease.expiresAt;
  if (task.status !== "active") return task.endedAt ?? lease.expiresAt;
  if (lease.expiresAt <= nowSeconds) return lease.expiresAt;
  const abandonedAt = lease.startedAt + UNCONFIRMED_SECONDS;
  return !confirmed && abandonedAt <= nowSeconds ? abandonedAt : undefined;
}

/**
 * Credentials that connectors still have to revoke. Each entry is written together with its task (`Tasks.open`,
 * `confirm`, `reissue`, `recordRevoked`).
 */
export interface PendingRevocations {
  /** Reads a pending revocation, strongly; undefined where the credential is known to be gone. */
  read(lease: LeaseRef): Promise<PendingRevocation | undefined>;
  /** Lists all pending revocations, strongly read. */
  list(): Promise<readonly PendingRevocation[]>;
  /** Removes a pending revocation whose credential is gone and whose task's record no longer exists. */
  forget(lease: LeaseRef): Promise<void>;
}

export interface LeaseRevocationQueue {
  /** Queues one message for each lease, in a FIFO group for each task. SQS drops repeats of a message within five minutes. */
  send(leases: readonly LeaseRef[]): Promise<void>;
}

/** Messages that arrive when a lease is due. A message proves nothing: the recipient reads the record. */
export interface Deadlines {
  /** Queues one message for each deadline. A message arrives early where its deadline is beyond the queue's longest delay. */
  set(deadlines: readonly LeaseDeadline[]): Promise<void>;
}

/** Deadline messages as their consumer receives them. */
export interface DueMessages {
  /** True for a message from the deadline queue. @param source ARN of the message's queue. */
  isFrom(source: string | undefined): boolean;
  /** Hides a message for that many seconds, or for the queue's maximum where that is less; the queue then delivers it again. */
  postpone(receiptHandle: string, seconds: number): Promise<void>;
}
