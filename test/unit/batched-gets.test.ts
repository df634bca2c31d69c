import { marshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, it } from "vitest";
import { DynamoTable } from "../../functions/adapters/dynamodb/table/dynamo-table.ts";
import type { TableClient } from "../../functions/adapters/dynamodb/table/table-client.ts";

type Input = { readonly RequestItems?: Record<string, { Keys: { pk: { S: string }; sk: { S: string } }[] }> };

/**
 * DynamoDB with an item for each key but those of `GONE`, and the calls that it got. The order of an answer is not that
 * of the request.
 */
function tableOver(change: (answer: Record<string, unknown>) => unknown = (answer) => answer) {
  const calls: { readonly operation: string; readonly keys: readonly string[] }[] = [];
  const client = {
    send: async (operation: string, input: Input & { Key?: { pk: { S: string }; sk: { S: string } } }) => {
      const keys = input.RequestItems?.t?.Keys ?? (input.Key ? [input.Key] : []);
      calls.push({ operation, keys: keys.map(({ pk }) => pk.S) });
      const items = keys
        .filter(({ pk }) => !pk.S.startsWith("GONE"))
        .map((key) => ({ ...key, ...marshall({ of: key.pk.S }) }));
      return operation === "GetItem"
        ? { Item: items[0] }
        : change({ Responses: { t: items.toReversed() }, UnprocessedKeys: {} });
    },
  } as unknown as TableClient;
  return { table: new DynamoTable("t", client, { isBatching: true }), calls };
}
const key = (pk: string) => ({ pk, sk: "x" });

describe("reads in batches", () => {
  it("are one call where they begin together, also after promises that are settled, and each gets its own item", async () => {
    const { table, calls } = tableOver();
    const later = async (pk: string) => {
      await Promise.resolve();
      await Promise.resolve();
      return table.get(key(pk));
    };
    const [a, gone, b, c] = await Promise.all([
      table.get(key("A")),
      table.get(key("GONE")),
      later("B"),
      table.get(key("C")),
    ]);
    expect([a?.of, gone, b?.of, c?.of]).toEqual(["A", undefined, "B", "C"]);
    expect(calls).toEqual([{ operation: "BatchGetItem", keys: ["A", "GONE", "C", "B"] }]);
  });

  it("request once a key that two callers read, and request one alone by itself", async () => {
    const { table, calls } = tableOver();
    expect((await Promise.all([table.get(key("A")), table.get(key("A"))])).map((item) => item?.of)).toEqual(["A", "A"]);
    expect(calls).toEqual([{ operation: "GetItem", keys: ["A"] }]);
  });

  it("begin anew for each turn: a read after a write is never answered by a read before it", async () => {
    const { table, calls } = tableOver();
    await table.get(key("A"));
    await table.get(key("A"));
    expect(calls).toHaveLength(2);
  });

  it("take along what nobody waits for", async () => {
    const { table, calls } = tableOver();
    const along = [table.get(key("L"), "along"), table.get(key("A"), "along")];
    const [a, b] = await Promise.all([table.get(key("A")), table.get(key("B"))]);
    expect([a?.of, b?.of]).toEqual(["A", "B"]);
    expect((await Promise.all(along)).map((item) => item?.of)).toEqual(["L", "A"]);
    await table.get(key("C"));
    expect(calls).toEqual([
      { operation: "BatchGetItem", keys: ["A", "B", "L"] },
      { operation: "GetItem", keys: ["C"] },
    ]);
  });

  it("do without others what nobody waits for, where none comes soon", async () => {
    const { table, calls } = tableOver();
    const beganAtMs = performance.now();
    expect((await table.get(key("L"), "along"))?.of).toBe("L");
    expect(performance.now() - beganAtMs).toBeGreaterThan(15);
    expect(calls).toEqual([{ operation: "GetItem", keys: ["L"] }]);
    await table.get(key("A"));
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(calls).toHaveLength(2);
  });

  it("read what nobody waits for at once, and loosely, where there are no batches", async () => {
    const calls: unknown[] = [];
    const client = { send: async (operation: string, input: object) => calls.push([operation, input]) && {} };
    const single = new DynamoTable("t", client as unknown as TableClient);
    await single.get(key("L"), "along");
    await single.get(key("L"), "loosely");
    await single.get(key("L"));
    expect(calls).toMatchObject([false, false, true].map((ConsistentRead) => ["GetItem", { ConsistentRead }]));
  });

  it("are at most a hundred keys a call", async () => {
    const { table, calls } = tableOver();
    const items = await Promise.all(Array.from({ length: 205 }, (_, index) => table.get(key(`K${index}`))));
    expect(items.map((item) => item?.of)).toEqual(Array.from({ length: 205 }, (_, index) => `K${index}`));
    expect(calls.map(({ keys }) => keys.length)).toEqual([100, 100, 5]);
  });

  it.each([
    ["keys that were left unread", (answer: object) => ({ ...answer, UnprocessedKeys: { t: { Keys: [key("A")] } } })],
    ["an answer without the table", () => ({ Responses: {} })],
    ["an empty answer", () => ({})],
  ])("are an outage for all with %s: an item that is missing means something", async (_, change) => {
    const { table } = tableOver(change);
    const read = await Promise.allSettled([table.get(key("A")), table.get(key("B"))]);
    expect(read.map((each) => each.status === "rejected" && each.reason.code)).toEqual([
      "store_unavailable",
      "store_unavailable",
    ]);
  });
});
