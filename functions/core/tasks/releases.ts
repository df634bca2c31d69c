import type { LeaseRef, Release } from "./release.ts";

/** What connectors have to take back. It is written with the task (`Tasks.open`, `confirm`, `reissue`, `revoked`). */
export interface Releases {
  /** As it is now. */
  read(lease: LeaseRef): Promise<Release | undefined>;
  /** All there is, strongly read. */
  list(): Promise<readonly Release[]>;
  /** It is gone, and so is its task: nothing is left to write it to. */
  forget(lease: LeaseRef): Promise<void>;
}

export interface ReleaseQueue {
  /** A FIFO group for each task. What is said twice within five minutes is said once. */
  send(leases: readonly LeaseRef[]): Promise<void>;
}
