import { describe, expect, it } from "vitest";
import {
  addNumbers,
  compareNumbers,
  readNumber,
  subtractNumbers,
} from "../../../local/emulator/dynamodb/in-process/decimal.ts";
import { inProcessDynamoDb } from "../../../local/emulator/dynamodb/in-process/in-process-dynamodb.ts";
import { compareText } from "../../../local/emulator/dynamodb/in-process/values.ts";

const TABLE = { TableName: "tasks" };
const key = (pk: string, sk = "1") => ({ pk: { S: pk }, sk: { S: sk } });

interface Seen {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A DynamoDB with an empty table, whose clock is set by `at`. */
function started(): { send(operation: string, input: object): Seen; at: { ms: number } } {
  const at = { ms: 0 };
  const dynamo = inProcessDynamoDb("111122223333", () => at.ms);
  const send = (operation: string, input: object): Seen => {
    const { status, body } = dynamo(operation, JSON.stringify(input), "eu-west-1");
    return { status, body: JSON.parse(body) };
  };
  send("CreateTable", {
    ...TABLE,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
  });
  return { send, at };
}

const refusal = (type: string, message = "") => ({
  status: 400,
  body: expect.objectContaining({
    __type: `com.amazonaws.dynamodb.v20120810#${type}`,
    message: expect.stringContaining(message),
  }),
});

describe("the in-process DynamoDB refuses parameters that it does not know", () => {
  it.each([
    ["an index", "Query", { ...TABLE, IndexName: "by-agent", KeyConditionExpression: "pk = :p" }, "IndexName"],
    [
      "a condition in the old form",
      "PutItem",
      { ...TABLE, Item: key("a"), Expected: { pk: { Exists: false } } },
      "Expected",
    ],
    ["an update in the old form", "UpdateItem", { ...TABLE, Key: key("a"), AttributeUpdates: {} }, "AttributeUpdates"],
    ["what it does not return", "UpdateItem", { ...TABLE, Key: key("a"), ReturnValues: "UPDATED_NEW" }, "UPDATED_NEW"],
    ["an element of a list", "UpdateItem", { ...TABLE, Key: key("a"), UpdateExpression: "REMOVE l[0]" }, "token: ["],
    [
      "a function of its own",
      "DeleteItem",
      { ...TABLE, Key: key("a"), ConditionExpression: "length(l) = l" },
      "expected a comparison",
    ],
    [
      "a member of a transaction",
      "TransactWriteItems",
      { TransactItems: [{ Put: { ...TABLE, Item: key("a"), Expected: {} } }] },
      "Expected",
    ],
    [
      "two writes in one",
      "TransactWriteItems",
      { TransactItems: [{ Put: { ...TABLE, Item: key("a") }, Delete: { ...TABLE, Key: key("a") } }] },
      "only contain one",
    ],
  ])("%s", (_, operation, input, why) => {
    const { send } = started();
    expect(send(operation, input)).toEqual(refusal("ValidationException", why));
    expect(send("Scan", TABLE).body.Count).toBe(0);
  });

  it("an operation", () => {
    expect(started().send("UpdateTimeToLive", TABLE)).toEqual(refusal("UnknownOperationException"));
  });
});

describe("where dynoxide is more lenient than DynamoDB, the in-process DynamoDB is not", () => {
  it("a nested attribute cannot be removed where its map does not exist", () => {
    const { send } = started();
    const update = { ...TABLE, Key: key("a"), UpdateExpression: "REMOVE m.x" };
    expect(send("UpdateItem", update)).toEqual(refusal("ValidationException", "document path"));
  });

  it("an item that did not exist has no old attributes", () => {
    const { send } = started();
    expect(send("UpdateItem", { ...TABLE, Key: key("a"), ReturnValues: "ALL_OLD" }).body).toEqual({});
  });

  it("a malformed expression in a transaction is no cancelled transaction", () => {
    const { send } = started();
    const put = { ...TABLE, Item: key("a"), ConditionExpression: "pk = :missing" };
    expect(send("TransactWriteItems", { TransactItems: [{ Put: put }] })).toEqual(
      refusal("ValidationException", ":missing"),
    );
  });
});

describe("a page", () => {
  it("ends after one megabyte, and the pages together have every item once", () => {
    const { send } = started();
    const text = { S: "x".repeat(100_000) };
    for (let index = 10; index < 35; index += 1)
      send("PutItem", { ...TABLE, Item: { ...key("a", String(index)), text } });
    for (const [operation, input] of [
      ["Query", { KeyConditionExpression: "pk = :p", ExpressionAttributeValues: { ":p": { S: "a" } } }],
      ["Scan", {}],
    ] as const) {
      const sorts: string[] = [];
      let [pages, from]: [number, unknown] = [0, undefined];
      do {
        const { body } = send(operation, { ...TABLE, ...input, ExclusiveStartKey: from });
        sorts.push(...(body.Items as { sk: { S: string } }[]).map(({ sk }) => sk.S));
        from = body.LastEvaluatedKey;
        pages += 1;
      } while (from);
      expect([pages, sorts]).toEqual([3, Array.from({ length: 25 }, (_, index) => String(index + 10))]);
    }
  });

  it("begins after its key though the item is gone", () => {
    const { send } = started();
    for (const pk of ["a", "b", "c"]) send("PutItem", { ...TABLE, Item: key(pk) });
    send("DeleteItem", { ...TABLE, Key: key("b") });
    const { body } = send("Scan", { ...TABLE, ExclusiveStartKey: key("b") });
    expect(body.Items).toEqual([key("c")]);
  });
});

describe("an item", () => {
  it("has 400 KB at most", () => {
    const { send } = started();
    const put = (bytes: number) => send("PutItem", { ...TABLE, Item: { ...key("a"), text: { S: "x".repeat(bytes) } } });
    expect([put(409_000).status, put(410_000).status]).toEqual([200, 400]);
  });

  it("may have attributes that JavaScript's objects have names for", () => {
    const { send } = started();
    const item = JSON.parse('{"__proto__":{"M":{"x":{"S":"1"}}},"constructor":{"N":"1"}}');
    send("PutItem", { ...TABLE, Item: { ...key("a"), ...item } });
    const update = (UpdateExpression: string, path: object) =>
      send("UpdateItem", { ...TABLE, Key: key("a"), UpdateExpression, ExpressionAttributeNames: path });
    expect(
      send("PutItem", { ...TABLE, Item: key("b"), ConditionExpression: "attribute_exists(toString)" }).status,
    ).toBe(400);
    expect(update("REMOVE #a.x", { "#a": "__proto__" }).status).toBe(200);
    expect(send("GetItem", { ...TABLE, Key: key("a") }).body.Item).toEqual({
      ...key("a"),
      ...JSON.parse('{"__proto__":{"M":{}},"constructor":{"N":"1"}}'),
    });
  });
});

it("a request token repeats nothing within ten minutes, and refuses another request", () => {
  const { send, at } = started();
  const write = (by: string) =>
    send("TransactWriteItems", {
      ClientRequestToken: "once",
      TransactItems: [
        {
          Update: {
            ...TABLE,
            Key: key("a"),
            UpdateExpression: "ADD n :by",
            ExpressionAttributeValues: { ":by": { N: by } },
          },
        },
      ],
    });
  const counted = () => send("GetItem", { ...TABLE, Key: key("a") }).body.Item;
  for (const _ of [1, 2]) expect(write("1").status).toBe(200);
  expect(counted()).toMatchObject({ n: { N: "1" } });
  expect(write("2")).toEqual(refusal("IdempotentParameterMismatchException"));
  at.ms += 10 * 60_000;
  expect(write("2").status).toBe(200);
  expect(counted()).toMatchObject({ n: { N: "3" } });
});

describe("a number", () => {
  it.each([
    ["1.50", "1.5"],
    ["-0", "0"],
    ["1e3", "1000"],
    ["1E-10", "0.0000000001"],
    ["007", "7"],
    [".5", "0.5"],
  ])("%s is %s", (given, normal) => {
    expect(readNumber(given)).toBe(normal);
  });

  it.each(["", "x", "1.2.3", "1e126", "1e-131", "1e9999999", "0x1", "9".repeat(39)])("%s is none", (given) => {
    expect(() => readNumber(given)).toThrow();
  });

  it("is exact, however long", () => {
    expect(addNumbers("12345678901234567890", "0.000000000000000001")).toBe("12345678901234567890.000000000000000001");
    expect(subtractNumbers("0.3", "0.1")).toBe("0.2");
    expect(compareNumbers("12345678901234567891", "12345678901234567890")).toBeGreaterThan(0);
    expect(compareNumbers("-2", "-10.5")).toBeGreaterThan(0);
  });
});

it("keys are in the order of their UTF-8 bytes, which is not that of JavaScript", () => {
  const texts = ["", "a", "ab", "b", "é", "\uffee", "\u{1f600}", "\u{1f601}"];
  expect([...texts].reverse().sort(compareText)).toEqual(texts);
  expect("\uffee" > "\u{1f600}").toBe(true);
});
