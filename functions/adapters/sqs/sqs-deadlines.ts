import type { Clock } from "../../core/ports.ts";
import type { Deadlines, DueMessages, LeaseDeadline } from "../../core/tasks/pending-revocation.ts";
import { SqsQueue } from "./sqs-queue.ts";

/** SQS's maximum for a message's `DelaySeconds` (API reference, SendMessage). */
const MOST_DELAY_SECONDS = 900;

/**
 * Longest postponement; seconds. SQS hides a message for at most 12 hours from its receipt (ChangeMessageVisibility). A
 * minute is left for the time since the receipt.
 */
const MOST_HOLD_SECONDS = 43_200 - 60;

/** Standard queue of deadlines; a FIFO queue has no delay for a single message. */
export class SqsDeadlines implements Deadlines, DueMessages {
  readonly #queue: SqsQueue;
  readonly #name: string;
  readonly #clock: Clock;

  constructor(url: string, clock: Clock) {
    this.#queue = new SqsQueue(url);
    this.#name = url.slice(url.lastIndexOf("/") + 1);
    this.#clock = clock;
  }

  set(deadlines: readonly LeaseDeadline[]): Promise<void> {
    const nowSeconds = this.#clock.nowMs() / 1_000;
    return this.#queue.send(
      deadlines.map(({ path, name, dueAt }) => ({
        MessageBody: JSON.stringify({ path, name }),
        DelaySeconds: between(0, dueAt - nowSeconds, MOST_DELAY_SECONDS),
      })),
      "deadlines were not set",
    );
  }

  isFrom(source: string | undefined): boolean {
    return source?.endsWith(`:${this.#name}`) ?? false;
  }

  postpone(receiptHandle: string, seconds: number): Promise<void> {
    return this.#queue.postpone(receiptHandle, between(1, seconds, MOST_HOLD_SECONDS));
  }
}

/** Rounds up to whole seconds and clamps. A message that arrives early would need a further round. */
const between = (least: number, seconds: number, most: number): number =>
  Math.min(Math.max(least, Math.ceil(seconds)), most);
