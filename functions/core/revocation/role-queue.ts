import type { RoleRef } from "./role-ref.ts";

export interface RoleQueue {
  /** Each role once; a FIFO group for each, so that there is one writer at a time. */
  send(roles: readonly RoleRef[]): Promise<void>;
}

/** Messages of that queue, as they are taken from it. */
export interface RoleMessages {
  /** Out of sight for so many seconds more, and its group with it, and then handed out again. */
  postpone(receiptHandle: string, seconds: number): Promise<void>;
}
