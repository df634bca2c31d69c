import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SQSClient,
  type SQSClientConfig,
} from "@aws-sdk/client-sqs";

/** SQS's limit of messages in one call (API reference, SendMessageBatch). */
const MOST_AT_ONCE = 10;

/**
 * Settings of a client that gives up each attempt. A connection that SQS has lost would otherwise hold the function until Lambda
 * ends it, and with it the ending that it sends on. A repeated message changes nothing.
 */
const BOUNDED = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
} as const satisfies SQSClientConfig;

export type SqsMessage = Omit<SendMessageBatchRequestEntry, "Id">;

/** One SQS queue: sends messages in batches and postpones received ones. */
export class SqsQueue {
  readonly #client: SQSClient;
  readonly #url: string;

  constructor(url: string, config: SQSClientConfig = BOUNDED) {
    this.#client = new SQSClient(config);
    this.#url = url;
  }

  /**
   * Sends messages in batches.
   * @param unsent suffix of the error after the number of failures, e.g. "deadlines were not set".
   * @throws {Error} where SQS did not accept some messages; others may have been sent.
   */
  async send(messages: readonly SqsMessage[], unsent = "messages were not sent"): Promise<void> {
    for (let from = 0; from < messages.length; from += MOST_AT_ONCE) {
      const { Failed: failed = [] } = await this.#client.send(
        new SendMessageBatchCommand({
          QueueUrl: this.#url,
          Entries: messages
            .slice(from, from + MOST_AT_ONCE)
            .map((message, index) => ({ Id: String(index), ...message })),
        }),
      );
      if (failed.length > 0) throw new Error(`${failed.length} ${unsent}`);
    }
  }

  /** Hides a message for that many seconds, at most until 43,200 seconds after its receipt; SQS then delivers it again. */
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
