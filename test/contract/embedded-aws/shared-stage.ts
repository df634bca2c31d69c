import type { QueryCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import type { DynamoChoice } from "../../../local/emulator/dynamodb/dynamo-backends.ts";
import { policy, type Stage, setStage, TABLE } from "../../unit/emulator/stage.ts";

export let stage: Stage;

/** One stage for all tests of the calling file. The recorded calls are cleared before each test. */
export function shareStage(dynamodb?: DynamoChoice): void {
  beforeAll(async () => {
    stage = await setStage(dynamodb);
  });
  afterAll(() => stage.close());
  beforeEach(() => {
    stage.calls.length = 0;
    stage.changes.length = 0;
  });
}

export const sessionPolicy = (...statements: object[]): { Policy: string } => ({
  Policy: JSON.stringify(policy(...statements)),
});
export const named = (name: string): object => expect.objectContaining({ name });

export function key(pk: string): { TableName: string; Key: Record<string, { S: string }> } {
  return { TableName: TABLE, Key: { pk: { S: pk }, sk: { S: "1" } } };
}

export function item(pk: string): { TableName: string; Item: Record<string, { S: string }> } {
  return { TableName: TABLE, Item: key(pk).Key };
}

export function query(pk: string): ConstructorParameters<typeof QueryCommand>[0] {
  return {
    TableName: TABLE,
    KeyConditionExpression: "#p = :p and begins_with(sk, :s)",
    ExpressionAttributeNames: { "#p": "pk" },
    ExpressionAttributeValues: { ":p": { S: pk }, ":s": { S: "1" } },
  };
}
