import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { DYNAMOS } from "../../dynamos.ts";
import { clientsOf, HUB, TABLE, VENDOR_ROLE } from "../../unit/emulator/stage.ts";
import { item, key, named, query, shareStage, stage } from "./shared-stage.ts";

describe.each(DYNAMOS)("with the DynamoDB %s", (dynamodb) => {
  shareStage(dynamodb);

  describe("DynamoDB's leading keys", () => {
    const own = "TASK#1";
    const foreign = "AGENT#1";
    const write = (pk: string): object => ({ Put: item(pk) });
    const kinds: [kind: string, call: (pk: string) => object][] = [
      ["PutItem", (pk) => new PutItemCommand(item(pk))],
      ["GetItem", (pk) => new GetItemCommand(key(pk))],
      ["Query", (pk) => new QueryCommand(query(pk))],
      [
        "TransactWriteItems",
        (pk) =>
          new TransactWriteItemsCommand({ TransactItems: [write(own), write(pk)].slice(pk === own ? 1 : 0) as never }),
      ],
      [
        "TransactGetItems",
        (pk) => new TransactGetItemsCommand({ TransactItems: [{ Get: key("TASK#2") }, { Get: key(pk) }] }),
      ],
      [
        "BatchGetItem",
        (pk) => new BatchGetItemCommand({ RequestItems: { [TABLE]: { Keys: [key("TASK#2").Key, key(pk).Key] } } }),
      ],
      [
        "BatchWriteItem",
        (pk) =>
          new BatchWriteItemCommand({
            RequestItems: { [TABLE]: [item("TASK#2"), item(pk)].map(({ Item }) => ({ PutRequest: { Item } })) },
          }),
      ],
      [
        "a ConditionCheck",
        (pk) =>
          new TransactWriteItemsCommand({
            TransactItems: [
              { Put: item("TASK#3") },
              { ConditionCheck: { ...key(pk), ConditionExpression: "attribute_exists(pk)" } },
            ],
          }),
      ],
    ];

    it.each(kinds)("are enforced on %s", async (_kind, call) => {
      const { dynamo } = clientsOf(stage, stage.aws.keysFor(VENDOR_ROLE, "vend-1"));
      const send = (command: object): Promise<unknown> => dynamo.send(command as PutItemCommand);
      await dynamo.send(new PutItemCommand(item(own)));
      await expect(send(call(own))).resolves.toBeDefined();
      await expect(send(call(foreign))).rejects.toEqual(named("AccessDeniedException"));
    });
  });

  describe("DynamoDB's own answers", () => {
    it("report which condition of a cancelled transaction failed", async () => {
      const { dynamo } = clientsOf(stage, stage.aws.keysFor(VENDOR_ROLE, "vend-1"));
      await dynamo.send(new PutItemCommand(item("TASK#taken")));
      const attempt = dynamo.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            { Put: item("TASK#free") },
            { Put: { ...item("TASK#taken"), ConditionExpression: "attribute_not_exists(pk)" } },
          ],
        }),
      );
      await expect(attempt).rejects.toMatchObject({
        name: "TransactionCanceledException",
        CancellationReasons: [{ Code: "None" }, { Code: "ConditionalCheckFailed" }],
      });
    });

    it("report a successful write to onTableChange in order, and no failed one", async () => {
      const { dynamo } = clientsOf(stage, stage.aws.keysFor(VENDOR_ROLE, "vend-1"));
      await dynamo.send(new PutItemCommand(item("TASK#order")));
      const onlyNew = { ...item("TASK#order"), ConditionExpression: "attribute_not_exists(pk)" };
      await dynamo.send(new PutItemCommand(onlyNew)).catch(() => undefined);
      await dynamo.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            {
              Update: {
                ...key("TASK#order"),
                UpdateExpression: "SET n = :n",
                ExpressionAttributeValues: { ":n": { N: "1" } },
              },
            },
            { ConditionCheck: { ...key("TASK#none"), ConditionExpression: "attribute_not_exists(pk)" } },
            { Delete: key("TASK#gone") },
          ],
        }),
      );
      await stage.aws.changesDelivered();
      expect(stage.changes).toEqual([
        { account: HUB, table: TABLE, operation: "Put", keys: key("TASK#order").Key, item: item("TASK#order").Item },
        { account: HUB, table: TABLE, operation: "Update", keys: key("TASK#order").Key },
        { account: HUB, table: TABLE, operation: "Delete", keys: key("TASK#gone").Key },
      ]);
    });
  });
});
