import { ChangeMessageVisibilityCommand, SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Clock, Deadlines, DueMessages } from "../core/ports.ts";
import type { LeaseDeadline } from "../core/tasks/release.ts";

/** `DelaySeconds` of a message: SQS holds none back for longer (API reference, SendMessage). */
const MOST_DELAY_SECONDS = 900;

/** A message is out of sight for 12 hours at most, from when it was received (ChangeMessageVisibility): less a minute, which has passed since. */
const MOST_HOLD_SECONDS = 43_200 - 60;

/** The standard queue of deadlines: only such a queue holds back each message by itself. */
export class SqsDeadlines implements Deadlines, DueMessages {
  readonly #client = new SQSClient({ maxAttempts: 3 });
  readonly #url: string;
  readonly #clock: Clock;

  constructor(url: string, clock: Clock) {
    this.#url = url;
    this.#clock = clock;
  }

  async set(deadlines: readonly LeaseDeadline[]): Promise<void> {
    const nowSeconds = this.#clock.nowMs() / 1_000;
    for (let from = 0; from < deadlines.length; from += 10) {
      const { Failed: failed = [] } = await this.#client.send(
        new SendMessageBatchCommand({
          QueueUrl: this.#url,
          Entries: deadlines.slice(from, from + 10).map(({ path, name, dueAt }, index) => ({
            Id: String(index),
            MessageBody: JSON.stringify({ path, name }),
            DelaySeconds: between(0, dueAt - nowSeconds, MOST_DELAY_SECONDS),
          })),
        }),
      );
      if (failed.length > 0) throw new Error(`${failed.length} deadlines were not set`);
    }
  }

  isFrom(source: string | undefined): boolean {
    const name = this.#url.slice(this.#url.lastIndexOf("/") + 1);
    return source?.endsWith(`:${name}`) ?? false;
  }

  async hold(receiptHandle: string, seconds: number): Promise<void> {
    await this.#client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: this.#url,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: between(1, seconds, MOST_HOLD_SECONDS),
      }),
    );
  }
}

/** Whole seconds: rather one too late than one too early, which would cost a further round. */
const between = (least: number, seconds: number, most: number): number =>
  Math.min(Math.max(least, Math.ceil(seconds)), most);
