/** Batch of messages from SQS: at most ten, in order within a FIFO group (Lambda, Using Lambda with Amazon SQS). */
export interface QueueBatch<Message = QueueMessage> {
  readonly Records: readonly Message[];
}

export interface QueueMessage {
  readonly messageId: string;
  readonly body: string;
  readonly receiptHandle: string;
  readonly eventSourceARN?: string;
  readonly attributes?: { readonly ApproximateReceiveCount?: string; readonly SentTimestamp?: string };
}

/** Messages that SQS delivers again (Lambda, Reporting batch item failures). SQS removes the others. */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export const failedMessages = (failed: readonly Pick<QueueMessage, "messageId">[]): BatchAnswer => ({
  batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })),
});
