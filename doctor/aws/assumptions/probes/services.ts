import { setTimeout as sleep } from "node:timers/promises";
import { BatchGetItemCommand, DynamoDBClient, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import {
  ChangeMessageVisibilityCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { failsToHold, holds, notKnown, type Seen } from "../assumption.ts";
import { allowed, becomesAllowed, by, sessionOf } from "../session.ts";
import { MARKER, nameOf, policyOf, type Workshop } from "../workshop.ts";

/** Tries whether dynamodb:LeadingKeys is filled in for each item of a transaction and each key of a batch. */
export async function leadingKeysInTransactions(workshop: Workshop): Promise<Seen> {
  const table = await workshop.table();
  const Resource = `arn:${workshop.partition}:dynamodb:${workshop.access.region}:${workshop.access.account}:table/${table}`;
  const Condition = {
    "ForAllValues:StringLike": { "dynamodb:LeadingKeys": "OWN#*" },
    Null: { "dynamodb:LeadingKeys": "false" },
  };
  const { arn } = await workshop.role(
    policyOf({ Effect: "Allow", Action: ["dynamodb:PutItem", "dynamodb:BatchGetItem"], Resource, Condition }),
  );
  const client = new DynamoDBClient(by(workshop, await sessionOf(workshop, arn)));
  const writes = (...keys: readonly string[]) =>
    allowed(() =>
      client.send(
        new TransactWriteItemsCommand({
          TransactItems: keys.map((pk) => ({ Put: { TableName: table, Item: { pk: { S: pk } } } })),
        }),
      ),
    );
  if (!(await becomesAllowed(workshop, () => writes("OWN#1", "OWN#2"))))
    return failsToHold("a transaction of allowed items was denied");
  const reads = (...keys: readonly string[]) => {
    const Keys = keys.map((pk) => ({ pk: { S: pk } }));
    return allowed(() => client.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys } } })));
  };
  if (!(await becomesAllowed(workshop, () => reads("OWN#1", "OWN#2"))))
    return failsToHold("a batch of allowed keys was denied");
  if (await writes("OWN#3", "OTHER#1")) return failsToHold("a transaction with a foreign item was allowed");
  if (await reads("OWN#1", "OTHER#1")) return failsToHold("a batch with a foreign key was allowed");
  return holds("a foreign item of a transaction, and a foreign key of a batch, were denied among allowed ones");
}

/** Tries whether a bus's own policy denies its own account. */
export async function busDeniesItsAccount(workshop: Workshop): Promise<Seen> {
  const EventBusName = await workshop.closedBus();
  const Entries = [{ EventBusName, Source: MARKER, DetailType: MARKER, Detail: "{}" }];
  const isPut = await allowed(async () => {
    const { Entries: told = [] } = await new EventBridgeClient(workshop.settings).send(
      new PutEventsCommand({ Entries }),
    );
    if (told.some(({ ErrorCode: code }) => code !== undefined))
      throw Object.assign(new Error("refused"), { name: "AccessDeniedException" });
  });
  return isPut ? failsToHold("an event was put in spite of the Deny") : holds("the account's own event was refused");
}

const DELAY_SECONDS = 5;
const TOLERATED_MS = 2_500;

/** Tries whether SQS keeps a delay about exactly. Lambda's part, a message that its function put out of sight, takes a function: it is not tried. */
export async function delaysAreKept(workshop: Workshop): Promise<Seen> {
  const QueueUrl = await workshop.queue(false);
  const client = new SQSClient(workshop.settings);
  const sentMs = Date.now();
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: MARKER, DelaySeconds: DELAY_SECONDS }));
  for (const untilMs = sentMs + 30_000; Date.now() < untilMs; ) {
    const { Messages: messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    if (messages.length === 0) continue;
    const away = Date.now() - sentMs - DELAY_SECONDS * 1_000;
    const found = `a message came ${Math.abs(away)} ms ${away < 0 ? "before" : "after"} its ${DELAY_SECONDS} s; Lambda's part was not tried`;
    return Math.abs(away) <= TOLERATED_MS ? holds(found) : failsToHold(found);
  }
  return failsToHold("a delayed message never came");
}

/** Tries whether a FIFO group waits for a message that is out, and whether whoever lost a message may no longer change it. */
export async function groupsWait(workshop: Workshop): Promise<Seen> {
  const QueueUrl = await workshop.queue(true);
  const client = new SQSClient(workshop.settings);
  for (const MessageBody of ["1", "2"])
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId: "one" }));
  const receive = async (VisibilityTimeout: number) =>
    (
      await client.send(
        new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout, WaitTimeSeconds: 1, MaxNumberOfMessages: 1 }),
      )
    ).Messages?.[0];
  const first = await receive(2);
  if (!first) return notKnown("no message came");
  if (await receive(20)) return failsToHold("the group handed out a message while one was out");
  await sleep(2_500);
  if (!(await receive(20))) return notKnown("the message did not come back");
  try {
    await client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: first.ReceiptHandle, VisibilityTimeout: 30 }),
    );
  } catch (error) {
    return holds(`the group waited, and whoever lost the message was refused (${nameOf(error)})`);
  }
  return failsToHold("whoever lost the message could still change it");
}
