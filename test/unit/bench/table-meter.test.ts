import { describe, expect, it } from "vitest";
import type { WireCall } from "../../bench/cloud/wire-tap.ts";
import type { WireItem } from "../../bench/cost/capacity-units.ts";
import { kindOf, TableMeter } from "../../bench/cost/table-meter.ts";

const KEY = { pk: { S: "TASK#aaaaaaaaaaaa" }, sk: { S: "aaaaaaaaaaaa." } };
const LARGE = { ...KEY, purpose: { S: "x".repeat(1_500) } };
const SMALL = { ...KEY, purpose: { S: "x" } };

const call = (operation: string, input: unknown, output: unknown = {}): WireCall => ({
  service: "dynamodb",
  operation,
  accessKeyId: "",
  body: JSON.stringify(input),
  status: 200,
  answer: JSON.stringify(output),
  beganAtMs: 0,
  endedAtMs: 0,
});

async function unitsOf(calls: readonly WireCall[], stored?: WireItem): Promise<readonly (string | number)[]> {
  const usages = await new TableMeter(async () => stored).usagesOf(calls, "vend");
  return usages.flatMap(({ what, unit, count }) => [what, unit, count]);
}

describe("DynamoDB's bill", () => {
  it("is a write for each started KB, and twice that in a transaction", async () => {
    expect(await unitsOf([call("PutItem", { Item: LARGE })])).toEqual(["task, written", "write unit", 2]);
    const transaction = call("TransactWriteItems", {
      TransactItems: [{ Put: { Item: LARGE } }, { Put: { Item: { ...KEY, sk: { S: "aaaaaaaaaaaa.#EVENT#000001" } } } }],
    });
    expect(await unitsOf([transaction])).toEqual(["task, written", "write unit", 4, "event, written", "write unit", 2]);
  });

  it("goes by the larger of an item before and after an update", async () => {
    const update = call("UpdateItem", { Key: KEY });
    expect(await unitsOf([update], LARGE)).toEqual(["task, written", "write unit", 2]);
    expect((await unitsOf([call("PutItem", { Item: LARGE }), update], SMALL)).at(-1)).toBe(2);
  });

  it("goes by what was there for a deletion, and forgets the item", async () => {
    const meter = new TableMeter(async () => undefined);
    const calls = [call("PutItem", { Item: LARGE }), call("DeleteItem", { Key: KEY })];
    expect((await meter.usagesOf(calls, "end")).map(({ count }) => count)).toEqual([2, 2]);
    expect(meter.itemsOf("task")).toEqual([]);
  });

  it("is a read for each started 4 KB of all that is returned, and one for nothing", async () => {
    const listed = Array.from({ length: 4 }, () => LARGE);
    const query = { ExpressionAttributeValues: { ":pk": { S: "ROLE#1#r" } } };
    expect(await unitsOf([call("Query", query, { Items: listed })])).toEqual(["role, listed", "read unit", 2]);
    expect(await unitsOf([call("GetItem", { Key: KEY })])).toEqual(["task, read", "read unit", 1]);
  });

  it("is not guessed for an operation that the meter does not know", async () => {
    await expect(unitsOf([call("BatchWriteItem", {})])).rejects.toThrow("does not know");
  });

  it("is nothing for a call that failed", async () => {
    expect(await unitsOf([{ ...call("PutItem", { Item: LARGE }), status: 500 }])).toEqual([]);
  });

  it.each([
    ["TASK#aaaaaaaaaaaa|aaaaaaaaaaaa.", "task"],
    ["TASK#aaaaaaaaaaaa|aaaaaaaaaaaa.#EVENT#000001", "event"],
    ["PACE#exchange#digest#29926116|task", "pace"],
    ["TIMER#29926132#3|aaaaaaaaaaaa.", "timer"],
  ])("knows the kind of %s: %s", (key, kind) => {
    expect(kindOf(key)).toBe(kind);
  });
});
