import { ChangeMessageVisibilityCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { failsToHold, holds, notKnown, type Seen } from "../assumption.ts";
import { plainName } from "../plain-name.ts";
import { makeQueue, queueClient } from "../things/queue.ts";
import { MARKER, type Workshop } from "../workshop.ts";

/** Tolerated differences from a delay: SQS hands out a message no earlier, by its clock. */
const [TOLERATED_EARLY_MS, TOLERATED_LATE_MS] = [500, 2_500];

/**
 * Tries whether SQS delivers a delayed message about on time. Lambda's part, a message that its function hid, would
 * need a function and is not tried.
 */
export async function delaysAreKept(workshop: Workshop): Promise<Seen> {
  const QueueUrl = await makeQueue(workshop, false);
  const client = queueClient(workshop);
  const [sentMs, { delaySeconds: DelaySeconds, longestMs }] = [Date.now(), workshop.waits];
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: MARKER, DelaySeconds }));
  for (const untilMs = sentMs + longestMs; Date.now() < untilMs; workshop.check()) {
    const { Messages: messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    if (messages.length === 0) continue;
    const away = Date.now() - sentMs - DelaySeconds * 1_000;
    const found = `a message came ${Math.abs(away)} ms ${away < 0 ? "before" : "after"} its ${DelaySeconds} s; Lambda's part was not tried`;
    return -TOLERATED_EARLY_MS <= away && away <= TOLERATED_LATE_MS ? holds(found) : failsToHold(found);
  }
  return failsToHold("a delayed message never came");
}

/** Errors for a message that the caller no longer holds. A missing right is another error, and proves nothing. */
const LOST = [
  "MessageNotInflight",
  "ReceiptHandleIsInvalid",
  "InvalidParameterValue",
  "InvalidParameterValueException",
];

/**
 * Tries two rules of FIFO groups. The group waits while a message is in flight. A receiver that lost a message may no
 * longer change it.
 */
export async function groupsWait(workshop: Workshop): Promise<Seen> {
  const QueueUrl = await makeQueue(workshop, true);
  const client = queueClient(workshop);
  const { outSeconds } = workshop.waits;
  for (const MessageBody of ["1", "2"])
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId: "one" }));
  const receive = async (VisibilityTimeout: number) => {
    workshop.check();
    const request = { QueueUrl, VisibilityTimeout, WaitTimeSeconds: 1, MaxNumberOfMessages: 1 };
    return (await client.send(new ReceiveMessageCommand(request))).Messages?.[0];
  };
  const first = await receive(outSeconds);
  const outUntilMs = Date.now() + outSeconds * 1_000;
  if (!first) return notKnown("no message came");
  const second = await receive(20);
  if (second && second.Body !== first.Body) return failsToHold("the group handed out a message while one was out");
  if (second) return notKnown("the first message came back before anything was tried");
  await workshop.pause(Math.max(0, outUntilMs + 300 - Date.now()));
  if (!(await receive(20))) return notKnown("the message did not come back");
  try {
    await client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: first.ReceiptHandle, VisibilityTimeout: 30 }),
    );
  } catch (error) {
    if (!LOST.includes(plainName(error))) throw error;
    return holds(`the group waited, and the receiver that lost the message was refused (${plainName(error)})`);
  }
  return failsToHold("a receiver that lost the message could still change it");
}
