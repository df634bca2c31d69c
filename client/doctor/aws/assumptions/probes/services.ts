import { BatchGetItemCommand, DynamoDBClient, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { failsToHold, holds, notKnown, type Seen } from "../assumption.ts";
import { allowed, becomesAllowed, becomesDenied, by, type Keys, sessionOf } from "../session.ts";
import { closeBus, makeBus } from "../things/bus.ts";
import { makeRole, policyOf } from "../things/role.ts";
import { makeTable } from "../things/table.ts";
import { MARKER, type Workshop } from "../workshop.ts";

/** Tries whether dynamodb:LeadingKeys is filled in for each item of a transaction and each key of a batch. */
export async function leadingKeysInTransactions(workshop: Workshop): Promise<Seen> {
  const table = await makeTable(workshop);
  const Resource = workshop.arn("dynamodb", `table/${table}`);
  const Condition = {
    "ForAllValues:StringLike": { "dynamodb:LeadingKeys": "OWN#*" },
    Null: { "dynamodb:LeadingKeys": "false" },
  };
  const statement = { Effect: "Allow", Action: ["dynamodb:PutItem", "dynamodb:BatchGetItem"], Resource };
  const writes = (keys: Keys, ...partitions: readonly string[]) => {
    const TransactItems = partitions.map((pk) => ({ Put: { TableName: table, Item: { pk: { S: pk } } } }));
    return allowed(workshop, () =>
      new DynamoDBClient(by(workshop, keys)).send(new TransactWriteItemsCommand({ TransactItems })),
    );
  };
  const reads = (keys: Keys, ...partitions: readonly string[]) => {
    const Keys = partitions.map((pk) => ({ pk: { S: pk } }));
    return allowed(workshop, () =>
      new DynamoDBClient(by(workshop, keys)).send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys } } })),
    );
  };
  const free = await sessionOf(workshop, await makeRole(workshop, policyOf(statement)));
  if (!(await becomesAllowed(workshop, () => writes(free, "OWN#1", "OWN#2"))))
    return notKnown("the role itself may not write what is tried");
  if (!(await becomesAllowed(workshop, () => reads(free, "OWN#1", "OWN#2"))))
    return notKnown("the role itself may not read what is tried");
  const keys = await sessionOf(workshop, await makeRole(workshop, policyOf({ ...statement, Condition })));
  if (!(await becomesAllowed(workshop, () => writes(keys, "OWN#1", "OWN#2"))))
    return failsToHold("a transaction of allowed items was denied");
  if (!(await becomesAllowed(workshop, () => reads(keys, "OWN#1", "OWN#2"))))
    return failsToHold("a batch of allowed keys was denied");
  if (await writes(keys, "OWN#3", "OTHER#1")) return failsToHold("a transaction with a foreign item was allowed");
  if (await reads(keys, "OWN#1", "OTHER#1")) return failsToHold("a batch with a foreign key was allowed");
  return holds("a foreign item of a transaction, and a foreign key of a batch, were denied among allowed ones");
}

/** Tries whether a bus's own policy denies its own account, which could put events before the policy was set. */
export async function busDeniesItsAccount(workshop: Workshop): Promise<Seen> {
  const EventBusName = await makeBus(workshop);
  const Entries = [{ EventBusName, Source: MARKER, DetailType: MARKER, Detail: "{}" }];
  const client = new EventBridgeClient(workshop.settings);
  const puts = () =>
    allowed(workshop, async () => {
      const { Entries: told = [] } = await client.send(new PutEventsCommand({ Entries }));
      const code = told.find(({ ErrorCode: code }) => code !== undefined)?.ErrorCode;
      if (code !== undefined) throw Object.assign(new Error("refused"), { name: code });
    });
  if (!(await becomesAllowed(workshop, puts))) return notKnown("no event could be put before the bus had a policy");
  await closeBus(workshop, EventBusName);
  return (await becomesDenied(workshop, puts)) === undefined
    ? failsToHold("an event was put in spite of the Deny")
    : holds("the account's own event was refused once the bus's policy denied it");
}
