import type { Clock } from "../../core/ports.ts";
import type { Deadlines, DueMessages } from "../../core/tasks/deadlines.ts";
import type { LeaseDeadline } from "../../core/tasks/release.ts";
import { SqsQueue } from "./sqs-queue.ts";

/** `DelaySeconds` of a message: SQS holds none back for longer (API reference, SendMessage). */
const MOST_DELAY_SECONDS = 900;

/** A message is out of sight for 12 hours at most, from when it was received (ChangeMessageVisibility): less a minute, which has passed since. */
const MOST_HOLD_SECONDS = 43_200 - 60;

/** The standard queue of deadlines: only such a queue holds back each message by itself. */
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

/** Whole seconds: rather one too late than one too early, which would cost a further round. */
const between = (least: number, seconds: number, most: number): number =>
  Math.min(Math.max(least, Math.ceil(seconds)), most);
