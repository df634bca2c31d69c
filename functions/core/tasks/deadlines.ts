import type { LeaseDeadline } from "./pending-revocation.ts";

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
