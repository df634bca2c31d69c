import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { marshall } from "@aws-sdk/util-dynamodb";
import { expect, vi } from "vitest";
import type { AgentId } from "../../contract/agent-id.ts";
import type { FunctionName } from "../../contract/names.ts";
import { keys } from "../../functions/adapters/dynamodb/table/dynamo-keys.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { UNTIL_REVOKED } from "../../functions/core/holds/holds.ts";
import { policyWritten } from "../../functions/core/revocation/policy-writes.ts";
import { rootOf, type TaskPath } from "../../functions/core/task-path.ts";
import { isoSeconds } from "../../functions/core/text/iso-seconds.ts";
import { functionRoleName } from "../../functions/hub-names.ts";
import { KINDS, TABLE_KEYS } from "../../functions/names.ts";
import { functionRoleArn } from "../../infra/arns.ts";
import type { RunningCloud } from "../contract/running-cloud.ts";
import { functionOf, SCOPE } from "./tested-hub.ts";

/** Sends a deadline with the relay's keys, further off than a message can be delayed. */
export async function tellTooEarly({ cloud: { aws }, calls }: RunningCloud, lease: object): Promise<void> {
  const credentials = aws.keysFor(functionRoleArn("relay", SCOPE), functionRoleName("relay", {}));
  const sqs = new SQSClient({ endpoint: aws.endpoint, region: SCOPE.region, credentials });
  const QueueUrl = `${aws.endpoint}/${SCOPE.account}/${SCOPE.deadlineQueueName}`;
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(lease) }));
  const isHeld = () =>
    calls.some(
      ({ action, principalArn }) =>
        action === "sqs:ChangeMessageVisibility" && functionOf(principalArn) === "revoke-leases",
    );
  await vi.waitFor(() => expect(isHeld()).toBe(true), 60_000);
}

/** Writes a secret's lock as the exchange will have left it, with its last use over a minute ago. */
export async function waitForRotation({ aws }: RunningCloud["cloud"], name: string): Promise<void> {
  const keys = aws.keysFor(functionRoleArn("operate", SCOPE), functionRoleName("operate", {}));
  const client = new DynamoDBClient({ endpoint: aws.endpoint, region: SCOPE.region, credentials: keys });
  await client.send(
    new UpdateItemCommand({
      TableName: SCOPE.tableName,
      Key: { [TABLE_KEYS.partition]: { S: KINDS.secret }, [TABLE_KEYS.sort]: { S: name } },
      UpdateExpression: "SET #status = :pending, #after = :after",
      ExpressionAttributeNames: { "#status": "status", "#after": "rotateAfter" },
      ExpressionAttributeValues: {
        ":pending": { S: "pending_rotation" },
        ":after": { N: String(Math.floor(Date.now() / 1_000) - 60) },
      },
    }),
  );
}

/**
 * Makes a task due in this minute, with the keys of the exchange, which writes the due lists.
 * @param ttl end of the timer, for one that nobody but its TTL removes: no sweep reads its list within the hour.
 */
export async function makeDueNow({ aws }: RunningCloud["cloud"], path: string, ttl?: number): Promise<void> {
  const minute = Math.floor(Date.now() / 60_000) + (ttl === undefined ? 0 : 60);
  const item = ttl === undefined ? {} : { [TABLE_KEYS.ttl]: { N: String(ttl) } };
  await clientAs("exchange", aws).send(put(`${KINDS.timer}${minute}#0`, path, item));
}

/** Does the work while an agent is not active and its tasks still live, as in the middle of a suspension. */
export async function whileInactive(
  { aws }: RunningCloud["cloud"],
  agent: AgentId,
  work: () => Promise<unknown>,
): Promise<void> {
  const { pk, sk } = keys.active(agent);
  const at = { TableName: SCOPE.tableName, Key: { [TABLE_KEYS.partition]: { S: pk }, [TABLE_KEYS.sort]: { S: sk } } };
  const { Item: item } = await clientAs("register", aws).send(new GetItemCommand(at));
  if (!item) throw new Error(`${agent} is not active`);
  await clientAs("intake", aws).send(new DeleteItemCommand(at));
  await work();
  await clientAs("register", aws).send(new PutItemCommand({ TableName: SCOPE.tableName, Item: item }));
}

/** Sets a task's end some hours back, with the keys of the sweep, and notes it in its role's journal with those of `reconcile`. @returns the end, which begins an hour. */
export async function endHoursAgo({ aws }: RunningCloud["cloud"], path: TaskPath): Promise<string> {
  const endedAt = (Math.floor(Date.now() / 3_600_000) - 3) * 3_600;
  const [role, atMs] = [{ account: accountId("111122223333"), role: "valetkey-task-1" }, endedAt * 1_000];
  const write = { snapshotAtMs: atMs, writtenAtMs: atMs, form: "list", endings: [path] } as const;
  const event = policyWritten({ n: 9_998, hash: "" }, role, write);
  const { pk, sk } = keys.roleEvent(role, event.n);
  await clientAs("reconcile", aws).send(put(pk, sk, marshall({ ...event, kind: "EVENT" })));
  await clientAs("sweep", aws).send(
    new UpdateItemCommand({
      TableName: SCOPE.tableName,
      Key: marshall(keys.task(path)),
      UpdateExpression: "SET #ended = :ended",
      ExpressionAttributeNames: { "#ended": "endedAt" },
      ExpressionAttributeValues: { ":ended": { N: String(endedAt) } },
    }),
  );
  return isoSeconds(endedAt);
}

/** Makes the review of a broken glass due, with the keys of the exchange. */
export async function makeGlassDue({ aws }: RunningCloud["cloud"], approval: string, agent: string): Promise<void> {
  await clientAs("exchange", aws).send(put(KINDS.glass, `0000000001#${approval}`, { agent: { S: agent } }));
}

/** Holds a label for a tree by a login that was revoked since, as the exchange leaves it, with the keys of the exchange. */
export async function holdUntilRevoked({ aws }: RunningCloud["cloud"], task: TaskPath, label: string): Promise<void> {
  const leases = { names: ["postgres-0"], startedAt: Math.floor(Date.now() / 1_000) };
  const place = { scope: "tree", holder: rootOf(task), label } as const;
  const { pk, sk } = keys.hold({ ...place, fenceAt: UNTIL_REVOKED, task, leases });
  await clientAs("exchange", aws).send(put(pk, sk, marshall({ leases })));
}

/** Leaves an agent as an interrupted offboarding does, with the keys of `operate`. */
export async function breakOffOffboarding({ aws }: RunningCloud["cloud"], id: string): Promise<void> {
  const client = clientAs("operate", aws);
  const [pk, sk] = [`${KINDS.agent}${id}`, "AGENT"];
  const { Item: item } = await client.send(
    new GetItemCommand({ TableName: SCOPE.tableName, Key: put(pk, sk).input.Item ?? {} }),
  );
  const halted = { M: { at: { N: "1" }, by: { S: "staff|alice" } } };
  await client.send(put(pk, sk, { ...item, status: { S: "offboarding" }, halted }));
  await client.send(put(`${KINDS.agent}OFFBOARDING`, id));
  for (const [kind, sort] of [
    [KINDS.active, "ACTIVE"],
    [KINDS.registration, "REGISTRATION"],
  ] as const)
    await client.send(
      new DeleteItemCommand({ TableName: SCOPE.tableName, Key: put(kind + id, sort).input.Item ?? {} }),
    );
}

/**
 * Leaves a person as an ending does that was interrupted right after it had recorded the moment, with the keys of
 * `operate`.
 * @param person `issuer|value`.
 */
export async function breakOffPersonsEnding({ aws }: RunningCloud["cloud"], person: string): Promise<void> {
  const facts = { deadUntil: { N: String(Date.now() / 1_000) }, by: { S: "staff|alice" } };
  await clientAs("operate", aws).send(put(`${KINDS.ending}PERSONS`, person, facts));
}

/** Sets the last check of all agents long ago, with the keys of `operate`. */
export async function makeCheckDue({ aws }: RunningCloud["cloud"]): Promise<void> {
  await clientAs("operate", aws).send(put(`${KINDS.agent}CHECK`, "CHECKPOINT", { beganAt: { N: "1" } }));
}

function clientAs(name: FunctionName, aws: RunningCloud["cloud"]["aws"]): DynamoDBClient {
  const credentials = aws.keysFor(functionRoleArn(name, SCOPE), functionRoleName(name, {}));
  return new DynamoDBClient({ endpoint: aws.endpoint, region: SCOPE.region, credentials });
}

const put = (pk: string, sk: string, item: Record<string, AttributeValue> = {}): PutItemCommand =>
  new PutItemCommand({
    TableName: SCOPE.tableName,
    Item: { ...item, [TABLE_KEYS.partition]: { S: pk }, [TABLE_KEYS.sort]: { S: sk } },
  });
