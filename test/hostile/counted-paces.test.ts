import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DynamoRateLimits } from "../../functions/adapters/dynamodb/observed/dynamo-rate-limits.ts";
import type { DynamoProcess } from "../../local/emulator/dynamodb/dynoxide.ts";
import { startDynamo } from "../../local/emulator/dynamodb/start-dynamodb.ts";
import { NOON_MS } from "../fakes/world/world.ts";
import { patientTable } from "../harness/patient-table.ts";

const TABLE = "valetkey-paces";
let dynamo: DynamoProcess;
let nowMs = NOON_MS;
let who = 0;

beforeAll(async () => {
  dynamo = await startDynamo();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
  await new DynamoDBClient({}).send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
    }),
  );
});
afterAll(() => dynamo.close());
beforeEach(() => {
  nowMs = NOON_MS;
  who += 1;
});

/** One counter for each warm function. Counters share the table, not their memory. */
const processes = (count: number) =>
  Array.from({ length: count }, () => new DynamoRateLimits(patientTable(TABLE), () => nowMs, "exchange"));

describe("a caller's rate limit", () => {
  it("holds for all processes together, and exactly where they count at the same moment", async () => {
    const counts = await Promise.all(processes(30).map((rateLimits) => rateLimits.count(`agent-${who}`, "task", 20)));
    expect(counts.filter(Boolean)).toHaveLength(20);
  });

  it("is remembered by a process that was refused once, and forgotten with the minute", async () => {
    const [rateLimits, other] = processes(2);
    for (let index = 0; index < 3; index += 1) await rateLimits?.count(`agent-${who}`, "task", 2);
    expect([rateLimits?.isOver(`agent-${who}`, "task"), other?.isOver(`agent-${who}`, "task")]).toEqual([true, false]);
    expect(await other?.count(`agent-${who}`, "task", 2)).toBe(false);
    nowMs += 60_000;
    expect(rateLimits?.isOver(`agent-${who}`, "task")).toBe(false);
    expect(await rateLimits?.count(`agent-${who}`, "task", 2)).toBe(true);
  });

  it("is counted separately for each kind of request and each caller, however long the caller's name", async () => {
    const [rateLimits] = processes(1);
    const person = `staff|${"\u20ac".repeat(1_024)}`;
    const counts = [await rateLimits?.count(person, "refusal", 1), await rateLimits?.count(person, "task", 1)];
    expect(counts).toEqual([true, true]);
    expect(await rateLimits?.count(`${person}x`, "refusal", 1)).toBe(true);
    expect(await rateLimits?.count(person, "refusal", 1)).toBe(false);
  });
});
