import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { ReleaseQueue } from "../core/ports.ts";
import type { LeaseRef } from "../core/tasks/release.ts";

/** The FIFO queue of credentials to take back: one group for each task. */
export class SqsReleases implements ReleaseQueue {
  readonly #client = new SQSClient({ maxAttempts: 3 });
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async send(leases: readonly LeaseRef[]): Promise<void> {
    for (let from = 0; from < leases.length; from += 10) {
      const { Failed: failed = [] } = await this.#client.send(
        new SendMessageBatchCommand({
          QueueUrl: this.#url,
          Entries: leases.slice(from, from + 10).map(({ path, name }, index) => ({
            Id: String(index),
            MessageBody: JSON.stringify({ path, name }),
            MessageGroupId: path,
            // Who asks each minute does not fill the queue: SQS takes the same within five minutes for a repeat.
            MessageDeduplicationId: `${path}#${name}`,
          })),
        }),
      );
      if (failed.length > 0) throw new Error(`${failed.length} messages were not sent`);
    }
  }
}
