import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startEmbeddedAws } from "../../../local/emulator/embedded-aws.ts";
import { DYNAMOS } from "../../dynamos.ts";
import { HUB, STRANGER_ROLE, type Stage, setStage, TABLE, TASK_ROLE, VENDOR_ROLE } from "./stage.ts";

describe.each(DYNAMOS)("with the DynamoDB %s", (dynamodb) => {
  let stage: Stage;
  let vendor: DynamoDBClient;
  let everything: DynamoDBClient;
  beforeAll(async () => {
    stage = await setStage(dynamodb);
    vendor = new DynamoDBClient(stage.config(stage.aws.keysFor(VENDOR_ROLE, "v")));
    everything = new DynamoDBClient(stage.config(stage.aws.keysFor(STRANGER_ROLE, "s")));
  });
  afterAll(() => stage.close());

  const item = (pk: string): Record<string, { S: string }> => ({ pk: { S: pk }, sk: { S: "1" } });
  const arn = `arn:aws:dynamodb:us-east-1:${HUB}:table/${TABLE}`;

  describe("a table", () => {
    it("may be named by its ARN", async () => {
      await vendor.send(new PutItemCommand({ TableName: arn, Item: item("TASK#arn") }));
      await expect(vendor.send(new PutItemCommand({ TableName: arn, Item: item("AGENT#arn") }))).rejects.toMatchObject({
        name: "AccessDeniedException",
      });
    });

    it("is closed to other accounts, and does not exist in theirs", async () => {
      const target = new DynamoDBClient(stage.config(stage.aws.keysFor(TASK_ROLE, "t")));
      await expect(target.send(new DescribeTableCommand({ TableName: arn }))).rejects.toMatchObject({
        name: "AccessDeniedException",
      });
      await expect(target.send(new DescribeTableCommand({ TableName: TABLE }))).rejects.toMatchObject({
        name: "ResourceNotFoundException",
      });
      expect((await target.send(new ListTablesCommand({}))).TableNames).toEqual([]);
    });

    it("may be created by who is allowed to", async () => {
      const table = (TableName: string): CreateTableCommand =>
        new CreateTableCommand({
          TableName,
          BillingMode: "PAY_PER_REQUEST",
          AttributeDefinitions: [{ AttributeName: "id", AttributeType: "N" }],
          KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        });
      await everything.send(table("numbers"));
      await everything.send(new PutItemCommand({ TableName: "numbers", Item: { id: { N: "7" } } }));
      expect(stage.calls.at(-1)?.context).toMatchObject({ "dynamodb:LeadingKeys": ["7"] });
      await expect(vendor.send(table("more"))).rejects.toMatchObject({ name: "AccessDeniedException" });
    });
  });

  describe("leading keys", () => {
    it.each([
      ["a partition key that is missing", () => new PutItemCommand({ TableName: TABLE, Item: { sk: { S: "1" } } })],
      [
        "a query without an equality on the partition key",
        () =>
          new QueryCommand({
            TableName: TABLE,
            KeyConditionExpression: "sk = :s",
            ExpressionAttributeValues: { ":s": { S: "1" } },
          }),
      ],
    ])("%s is refused before a ForAllValues condition could hold for nothing", async (_what, command) => {
      await expect(vendor.send(command() as PutItemCommand)).rejects.toMatchObject({
        name: "ValidationException",
        message: expect.stringContaining("The partition key pk (or its equality condition) is missing"),
      });
    });

    it("are not escaped by naming the table differently within a batch", async () => {
      const foreign = { RequestItems: { [arn]: [{ PutRequest: { Item: item("AGENT#1") } }] } };
      await expect(vendor.send(new BatchWriteItemCommand(foreign))).rejects.toMatchObject({
        name: "ValidationException",
      });
    });

    it("of a doubled member, what is done is what was decided on", async () => {
      const { SignatureV4 } = await import("@smithy/signature-v4");
      const { Sha256 } = await import("@aws-crypto/sha256-js");
      const { endpoint } = stage.aws;
      const body = `{"TableName":"${TABLE}","Item":{"pk":{"S":"AGENT#evil"},"sk":{"S":"1"}},"Item":{"pk":{"S":"TASK#own"},"sk":{"S":"1"}}}`;
      const signer = new SignatureV4({
        service: "dynamodb",
        region: "us-east-1",
        credentials: stage.aws.keysFor(VENDOR_ROLE, "v"),
        sha256: Sha256,
      });
      const headers = { host: new URL(endpoint).host, "x-amz-target": "DynamoDB_20120810.PutItem" };
      const signed = await signer.sign({
        method: "POST",
        protocol: "http:",
        hostname: "127.0.0.1",
        path: "/",
        headers,
        body,
      });
      expect((await fetch(endpoint, { method: "POST", headers: signed.headers, body })).status).toBe(200);
      const { Items = [] } = await everything.send(new ScanCommand({ TableName: TABLE }));
      expect(Items.map(({ pk }) => pk?.S)).toContain("TASK#own");
      expect(Items.map(({ pk }) => pk?.S)).not.toContain("AGENT#evil");
    });
  });

  it("refuses what it does not do, such as PartiQL", async () => {
    const statement = new ExecuteStatementCommand({ Statement: `SELECT * FROM ${TABLE}` });
    await expect(everything.send(statement)).rejects.toMatchObject({ name: "UnknownOperationException" });
  });

  it("calls onTableChange for each item of a batch, and for a delete", async () => {
    await stage.aws.changesDelivered();
    stage.changes.length = 0;
    const puts = ["TASK#b1", "TASK#b2"].map((pk) => ({ PutRequest: { Item: item(pk) } }));
    await vendor.send(new BatchWriteItemCommand({ RequestItems: { [TABLE]: puts } }));
    await vendor.send(new DeleteItemCommand({ TableName: TABLE, Key: item("TASK#b1") }));
    await stage.aws.changesDelivered();
    expect(stage.changes.map(({ operation, keys }) => [operation, keys.pk?.S])).toEqual([
      ["Put", "TASK#b1"],
      ["Put", "TASK#b2"],
      ["Delete", "TASK#b1"],
    ]);
  });

  it("gives onTableChange the image of an update only where it is requested", async () => {
    await stage.aws.changesDelivered();
    stage.changes.length = 0;
    const set = (pk: string, value: string) =>
      vendor.send(
        new UpdateItemCommand({
          TableName: TABLE,
          Key: item(pk),
          UpdateExpression: "SET #v = :v",
          ExpressionAttributeNames: { "#v": "v" },
          ExpressionAttributeValues: { ":v": { S: value } },
        }),
      );
    await set("TASK#imaged", "first");
    await set("TASK#imaged", "second");
    await set("TASK#other", "first");
    await stage.aws.changesDelivered();
    expect(stage.changes.map(({ operation, item: image }) => [operation, image?.v?.S])).toEqual([
      ["Update", "first"],
      ["Update", "second"],
      ["Update", undefined],
    ]);
  });

  it("removes expired items by their TTL at its command, and marks them for onTableChange as removed by nobody", async () => {
    const now = Math.floor(Date.now() / 1_000);
    const withTtl = (pk: string, ttl: number) => ({ ...item(pk), ttl: { N: String(ttl) } });
    for (const each of [withTtl("TASK#old", now - 60), withTtl("TASK#new", now + 60), item("TASK#none")])
      await vendor.send(new PutItemCommand({ TableName: TABLE, Item: each }));
    await stage.aws.changesDelivered();
    stage.changes.length = 0;
    expect(await stage.aws.removeExpired(HUB, TABLE, "ttl")).toBe(1);
    await stage.aws.changesDelivered();
    expect(stage.changes).toEqual([
      { account: HUB, table: TABLE, operation: "Delete", keys: item("TASK#old"), isByTtl: true },
    ]);
    expect(await stage.aws.removeExpired(HUB, TABLE, "ttl")).toBe(0);
    await expect(stage.aws.removeExpired(HUB, "no-table", "ttl")).rejects.toThrow("no table");
  });

  it("removes what has expired page by page, however much it is", async () => {
    const ttl = { N: String(Math.floor(Date.now() / 1_000) - 60) };
    const many = Array.from({ length: 260 }, (_, index) => ({ ...item(`TASK#many-${index}`), ttl }));
    await Promise.all(many.map((each) => vendor.send(new PutItemCommand({ TableName: TABLE, Item: each }))));
    expect(await stage.aws.removeExpired(HUB, TABLE, "ttl")).toBe(many.length);
    expect(await stage.aws.removeExpired(HUB, TABLE, "ttl")).toBe(0);
  });
});

it("takes any other DynamoDB, and reports where it cannot be reached", async () => {
  const complaint = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const aws = await startEmbeddedAws({ port: 0, dynamodb: { endpoint: "http://127.0.0.1:1" } });
  await expect(aws.admin(HUB).createTable({ TableName: "t" } as never)).rejects.toThrow("ECONNREFUSED");
  await aws.close();
  complaint.mockRestore();
});
