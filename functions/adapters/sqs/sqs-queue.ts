import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SQSClient,
  type SQSClientConfig,
} from "@aws-sdk/client-sqs";

/** SQS takes so many messages in one call (API reference, SendMessageBatch). */
const MOST_AT_ONCE = 10;

export type SqsMessage = Omit<SendMessageBatchRequestEntry, "Id">;

/** One queue of SQS: what its adapters say into it, and how long they put a message off. */
export class SqsQueue {
  readonly #client: SQSClient;
  readonly #url: string;

  constructor(url: string, config: SQSClientConfig = { maxAttempts: 3 }) {
    this.#client = new SQSClient(config);
    this.#url = url;
  }

  /** @param undone what is said of those that were not taken, behind their number. @throws {Error} where SQS has not taken some of them; those before may have been sent. */
  async send(messages: readonly SqsMessage[], undone = "messages were not sent"): Promise<void> {
    for (let from = 0; from < messages.length; from += MOST_AT_ONCE) {
      const { Failed: failed = [] } = await this.#client.send(
        new SendMessageBatchCommand({
          QueueUrl: this.#url,
          Entries: messages
            .slice(from, from + MOST_AT_ONCE)
            .map((message, index) => ({ Id: String(index), ...message })),
        }),
      );
      if (failed.length > 0) throw new Error(`${failed.length} ${undone}`);
    }
  }

  /** Out of sight for so many seconds from now, 43,200 at most from when it was received; then it is handed out again. */
  async postpone(receiptHandle: string, seconds: number): Promise<void> {
    await this.#client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: this.#url,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      }),
    );
  }
}
