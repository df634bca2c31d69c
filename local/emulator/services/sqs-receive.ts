import { createHash } from "node:crypto";
import { ServiceError } from "../service-error.ts";
import type { JsonInput } from "./json-input.ts";
import type { Queue, QueuedMessage } from "./sqs-queue.ts";

const MAX_MESSAGES = 10;
const MAX_WAIT_SECONDS = 20;
/**
 * Time between two checks; milliseconds. A message can become visible by the injected clock alone, which wakes no
 * waiting call.
 */
const LOOK_AGAIN_MS = 100;

/** ReceiveMessage: returns visible messages, after a wait of up to `WaitTimeSeconds` of real time. */
export async function receiveMessages(queue: Queue, input: JsonInput, now: () => number): Promise<unknown> {
  const limit = input.number("MaxNumberOfMessages") ?? 1;
  if (limit < 1 || limit > MAX_MESSAGES)
    throw new ServiceError("InvalidParameterValue", "MaxNumberOfMessages must be between 1 and 10.", 400);
  const visibilitySeconds = input.number("VisibilityTimeout") ?? queue.visibilityTimeoutSeconds;
  const waitSeconds = Math.min(input.number("WaitTimeSeconds") ?? 0, MAX_WAIT_SECONDS);
  const deadline = performance.now() + waitSeconds * 1000;
  let received = queue.receive(limit, visibilitySeconds, now());
  for (let left = waitSeconds * 1000; received.length === 0 && left > 0; left = deadline - performance.now()) {
    await queue.changed(Math.min(left, LOOK_AGAIN_MS));
    received = queue.receive(limit, visibilitySeconds, now());
  }
  return received.length === 0 ? {} : { Messages: received.map(asReceived) };
}

function asReceived(message: QueuedMessage): unknown {
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: createHash("md5").update(message.body).digest("hex"),
    ...(message.attributes ? { MessageAttributes: message.attributes } : {}),
    Attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
      SenderId: message.senderId,
      SentTimestamp: String(message.sentAt),
      ...(message.group === undefined ? {} : { MessageGroupId: message.group, SequenceNumber: message.sequence }),
      ...(message.deduplicationId === undefined ? {} : { MessageDeduplicationId: message.deduplicationId }),
    },
  };
}
