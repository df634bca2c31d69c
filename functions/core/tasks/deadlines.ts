import type { LeaseDeadline } from "./release.ts";

/** Messages that come when the time of a lease is over. One proves nothing: whoever gets it looks at the record. */
export interface Deadlines {
  /** A message for each; of one that is further off than the queue holds a message back, it comes early. */
  set(deadlines: readonly LeaseDeadline[]): Promise<void>;
}

/** Such messages, as they are taken from their queue. */
export interface DueMessages {
  /** Whether a message came from there. @param source ARN of its queue. */
  isFrom(source: string | undefined): boolean;
  /** Out of sight for so long, and then handed out again; seconds, as many as the queue allows at most. */
  postpone(receiptHandle: string, seconds: number): Promise<void>;
}
