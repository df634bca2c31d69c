import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { startDynamo } from "../../local/emulator/dynamodb/start-dynamodb.ts";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";

/** An empty table in a DynamoDB of its own, behind a proxy that can fail. */
export interface FaultyTable {
  readonly proxy: FaultProxy;
  close(): Promise<void>;
}

/** Starts DynamoDB with the table. New SDK clients of this process then reach it through the proxy. */
export async function startFaultyTable(table: string): Promise<FaultyTable> {
  const dynamo = await startDynamo();
  const proxy = await startFaultProxy(dynamo.endpoint);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
  await new DynamoDBClient({}).send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
    }),
  );
  return {
    proxy,
    close: async () => {
      await proxy.close();
      await dynamo.close();
    },
  };
}
