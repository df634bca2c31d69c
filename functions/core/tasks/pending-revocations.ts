import type { LeaseRef, PendingRevocation } from "./pending-revocation.ts";

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
