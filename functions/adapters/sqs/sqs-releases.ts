import type { LeaseRef } from "../../core/tasks/release.ts";
import type { ReleaseQueue } from "../../core/tasks/releases.ts";
import { SqsQueue } from "./sqs-queue.ts";

/** The FIFO queue of credentials to take back: one group for each task. */
export class SqsReleases implements ReleaseQueue {
  readonly #queue: SqsQueue;

  constructor(url: string) {
    this.#queue = new SqsQueue(url);
  }

  send(leases: readonly LeaseRef[]): Promise<void> {
    return this.#queue.send(
      leases.map(({ path, name }) => ({
        MessageBody: JSON.stringify({ path, name }),
        MessageGroupId: path,
        // Who asks each minute does not fill the queue: SQS takes the same within five minutes for a repeat.
        MessageDeduplicationId: `${path}#${name}`,
      })),
    );
  }
}
