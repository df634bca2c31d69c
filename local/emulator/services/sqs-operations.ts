import { createHash } from "node:crypto";
import { ServiceError } from "../service-error.ts";
import type { JsonInput } from "./json-input.ts";
import type { Queue, Send } from "./sqs-queue.ts";
import { receiveMessages } from "./sqs-receive.ts";

/** Input of an allowed operation on an existing queue. */
export interface QueueWork {
  readonly queue: Queue;
  readonly input: JsonInput;
  readonly now: () => number;
  readonly senderId: string;
}

type Operation = (work: QueueWork) => unknown | Promise<unknown>;

/** Operations on a queue, by name. */
export const QUEUE_OPERATIONS: Readonly<Record<string, Operation>> = {
  SendMessage: ({ queue, input, now, senderId }) =>
    send(queue, { ...messageOf((name) => input.raw(name)), senderId }, now()),
  SendMessageBatch: ({ queue, input, now, senderId }) =>
    batch(input, (entry) => send(queue, { ...messageOf((name) => entry[name]), senderId }, now())),
  ReceiveMessage: ({ queue, input, now }) => receiveMessages(queue, input, now),
  DeleteMessage: ({ queue, input }) => {
    remove(queue, input.text("ReceiptHandle"));
    return {};
  },
  DeleteMessageBatch: ({ queue, input }) =>
    batch(input, (entry) => {
      remove(queue, entry.ReceiptHandle);
      return {};
    }),
  ChangeMessageVisibility: ({ queue, input, now }) => {
    const seconds = within("VisibilityTimeout", input.number("VisibilityTimeout") ?? 0, MOST_HIDDEN_SECONDS);
    if (!queue.changeVisibility(input.requiredText("ReceiptHandle"), seconds, now()))
      throw new ServiceError("MessageNotInflight", "The specified message isn't in flight.", 400);
    return {};
  },
  GetQueueAttributes: ({ queue, now }) => {
    const { visible, inFlight } = queue.counts(now());
    return {
      Attributes: {
        ApproximateNumberOfMessages: String(visible),
        ApproximateNumberOfMessagesNotVisible: String(inFlight),
        VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
        ...(queue.isFifo ? { FifoQueue: "true" } : {}),
      },
    };
  },
};

/** Upper bounds of the SQS API reference. */
const [MOST_DELAY_SECONDS, MOST_HIDDEN_SECONDS] = [900, 43_200];

function within(name: string, seconds: number, most: number): number {
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= most) return seconds;
  throw new ServiceError("InvalidParameterValue", `Value ${seconds} for parameter ${name} is invalid.`, 400);
}

function messageOf(member: (name: string) => unknown): Omit<Send, "senderId"> {
  const text = (name: string): string | undefined => {
    const value = member(name);
    return typeof value === "string" ? value : undefined;
  };
  const [group, deduplicationId, delaySeconds] = [
    text("MessageGroupId"),
    text("MessageDeduplicationId"),
    member("DelaySeconds"),
  ];
  return {
    body: text("MessageBody") ?? "",
    attributes: member("MessageAttributes"),
    ...(group === undefined ? {} : { group }),
    ...(deduplicationId === undefined ? {} : { deduplicationId }),
    ...(typeof delaySeconds === "number" ? { delaySeconds } : {}),
  };
}

function send(queue: Queue, message: Send, now: number): Record<string, unknown> {
  if (message.body === "")
    throw new ServiceError("MissingParameter", "The request must contain the parameter MessageBody.", 400);
  if (queue.isFifo && message.group === undefined)
    throw new ServiceError("MissingParameter", "The request must contain the parameter MessageGroupId.", 400);
  if (queue.isFifo && message.deduplicationId === undefined && !queue.isContentDeduplicated)
    throw new ServiceError(
      "InvalidParameterValue",
      "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
      400,
    );
  if (queue.isFifo && message.delaySeconds !== undefined)
    throw new ServiceError("InvalidParameterValue", "DelaySeconds is not valid for this queue type.", 400);
  within("DelaySeconds", message.delaySeconds ?? 0, MOST_DELAY_SECONDS);
  const sent = queue.send(message, now);
  return {
    MessageId: sent.id,
    MD5OfMessageBody: createHash("md5").update(sent.body).digest("hex"),
    ...(queue.isFifo ? { SequenceNumber: sent.sequence } : {}),
  };
}

function remove(queue: Queue, receiptHandle: unknown): void {
  if (typeof receiptHandle !== "string" || receiptHandle === "")
    throw new ServiceError("ReceiptHandleIsInvalid", "The input receipt handle is invalid.", 400);
  // Deleting a missing message succeeds, as in SQS.
  queue.delete(receiptHandle);
}

/** Runs a batch's entries one by one; a failed entry does not block the others. */
function batch(input: JsonInput, run: (entry: Readonly<Record<string, unknown>>) => Record<string, unknown>): unknown {
  const entries = input.list("Entries");
  if (entries.length === 0 || entries.length > 10)
    throw new ServiceError("AWS.SimpleQueueService.TooManyEntriesInBatchRequest", "A batch has 1 to 10 entries.", 400);
  const Successful: unknown[] = [];
  const Failed: unknown[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful, Failed };
}
