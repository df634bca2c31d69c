import type { RoleRef } from "./role-ref.ts";

export interface RoleQueue {
  /** Sends each role once. Each role has a FIFO group of its own, so that it has one writer at a time. */
  send(roles: readonly RoleRef[]): Promise<void>;
}

/** Messages that were received from the queue. */
export interface RoleMessages {
  /** Hides a message, and with it its group, for some seconds more; then SQS delivers it again. */
  postpone(receiptHandle: string, seconds: number): Promise<void>;
}
