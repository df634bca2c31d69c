import type { LeaseRef, LeaseRevocationQueue } from "../../core/tasks/pending-revocation.ts";
import { SqsQueue } from "./sqs-queue.ts";

/** FIFO queue of credentials to revoke, with one group for each task. */
export class SqsLeaseRevocationQueue implements LeaseRevocationQueue {
  readonly #queue: SqsQueue;

  constructor(url: string) {
    this.#queue = new SqsQueue(url);
  }

  send(leases: readonly LeaseRef[]): Promise<void> {
    return this.#queue.send(
      leases.map(({ path, name }) => ({
        MessageBody: JSON.stringify({ path, name }),
        MessageGroupId: path,
        // SQS drops repeats within five minutes, so the sweep's request each minute does not fill the queue.
        MessageDeduplicationId: `${path}#${name}`,
      })),
    );
  }
}
