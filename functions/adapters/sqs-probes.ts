import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { ProbeQueue } from "../core/ports.ts";
import type { Watched } from "../core/revocation/observation.ts";

/** The queue of endings that a canary is to watch. Sent once, and soon or never: late it would see nothing. */
export class SqsProbes implements ProbeQueue {
  readonly #client = new SQSClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async send(watched: readonly Watched[]): Promise<void> {
    for (let from = 0; from < watched.length; from += 10) {
      const { Failed: failed = [] } = await this.#client.send(
        new SendMessageBatchCommand({
          QueueUrl: this.#url,
          Entries: watched.slice(from, from + 10).map(({ path, account, role, agent, endedAtMs }, index) => ({
            Id: String(index),
            MessageBody: JSON.stringify({ path, account, role, agent, endedAtMs }),
          })),
        }),
      );
      if (failed.length > 0) throw new Error(`${failed.length} messages were not sent`);
    }
  }
}
