import { CreateTableCommand, DeleteTableCommand, DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Workshop } from "../workshop.ts";

/** Makes a table with the key `pk`. @returns its name. */
export async function makeTable(workshop: Workshop): Promise<string> {
  const name = workshop.name();
  const client = new DynamoDBClient(workshop.settings);
  const created = new CreateTableCommand({
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  });
  await workshop.make(
    `table ${name}`,
    () => client.send(created),
    () => client.send(new DeleteTableCommand({ TableName: name })),
  );
  for (const untilMs = Date.now() + workshop.waits.settleMs; Date.now() < untilMs; ) {
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: name }));
    if (table?.TableStatus === "ACTIVE") break;
    await workshop.pause(workshop.waits.pauseMs);
  }
  return name;
}
