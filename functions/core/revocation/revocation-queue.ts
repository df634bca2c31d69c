import type { RoleRef } from "./role-ref.ts";

/** Queue of roles whose revocation policy must be written again. The relay and the sweep send, `reconcile` receives. */
export interface RevocationQueue {
  /** Sends each role once. Each role has a FIFO group of its own, so that it has one writer at a time. */
  send(roles: readonly RoleRef[]): Promise<void>;
}

/** Messages received from the revocation queue. */
export interface RevocationMessages {
  /** Hides a message, and with it its group, for some seconds more; then SQS delivers it again. */
  postpone(receiptHandle: string, seconds: number): Promise<void>;
}
