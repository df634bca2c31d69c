import type { LeaseRef, Release } from "./release.ts";

/** Credentials that connectors still have to revoke. They are written together with their task (`Tasks.open`, `confirm`, `reissue`, `recordRevoked`). */
export interface Releases {
  /** Reads a release, strongly; undefined where the credential is known to be gone. */
  read(lease: LeaseRef): Promise<Release | undefined>;
  /** Lists all releases, strongly read. */
  list(): Promise<readonly Release[]>;
  /** Removes a release whose credential is gone and whose task's record no longer exists. */
  forget(lease: LeaseRef): Promise<void>;
}

export interface ReleaseQueue {
  /** Queues one message for each lease, in a FIFO group for each task. SQS drops repeats of a message within five minutes. */
  send(leases: readonly LeaseRef[]): Promise<void>;
}
