import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type AttributeValue,
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  paginateScan,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import { KINDS, TABLE_KEYS } from "../../../functions/names.ts";
import { startDynoxide } from "../../../local/emulator/dynamodb/dynoxide.ts";
import { buildBenchDeployment } from "../cloud/bench-config.ts";
import { registeredItems } from "../cloud/registered-items.ts";
import { bundleOf } from "../cold/bundle.ts";
import { LAMBDA } from "../cost/lambda.ts";
import { childrenOf, processCpuMs } from "./process-cpu.ts";
import { cpuMsOf, end, type Server, startNode } from "./server.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Items of one BatchWriteItem. */
const BATCH = 25;

const TABLE = "valetkey";

export interface ValetkeyOptions {
  readonly workDir: string;
  readonly issuer: string;
  readonly stsUrl: string;
  readonly agents: readonly string[];
}

/**
 * Starts the exchange as bundled for Lambda: one process behind a bare HTTP server, with its table in a process of
 * dynoxide.
 */
export async function startValetkey({ workDir, issuer, stsUrl, agents }: ValetkeyOptions): Promise<Server> {
  const [exchange, runner] = await Promise.all([
    bundleOf(at("../../../functions/exchange/handler.ts"), join(workDir, "exchange")),
    bundleOf(at("./exchange-server.ts"), join(workDir, "runner")),
  ]);
  const { dir } = buildBenchDeployment(
    workDir,
    { agents: issuer, people: "http://127.0.0.1:1/people" },
    {
      taskRoles: 100,
    },
  );
  const dynamo = await startDynoxide();
  const table = new DynamoDBClient({
    endpoint: dynamo.endpoint,
    region: KEYS.AWS_REGION,
    credentials: { accessKeyId: KEYS.AWS_ACCESS_KEY_ID, secretAccessKey: "none" },
  });
  await createTable(table);
  await write(
    table,
    registeredItems(agents).map((item) => ({ PutRequest: { Item: item as Record<string, AttributeValue> } })),
  );
  const { child, url } = await startNode(runner.file, {
    options: optionsOfLambda(LAMBDA.exchange.memoryMb),
    args: [exchange.file],
    prints: "stderr",
    env: {
      ...KEYS,
      AWS_ENDPOINT_URL: stsUrl,
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
      VALETKEY_TABLE: TABLE,
      VALETKEY_DEPLOYMENT: dir,
      VALETKEY_BUS: "valetkey",
    },
  });
  // Dynoxide is the child of a shell that this process has started.
  const stores = childrenOf(process.pid).flatMap((pid) => (pid === child.pid ? [] : childrenOf(pid)));
  return {
    kind: "valetkey",
    name: "valetkey",
    url,
    cpuMs: () => ({ server: cpuMsOf(child), store: stores.reduce((ms, pid) => ms + processCpuMs(pid), 0) }),
    forget: () => forgetLive(table),
    close: async () => {
      table.destroy();
      await end(child);
      await dynamo.close();
    },
  };
}

/**
 * Lists Lambda's options of Node for a function of this memory size. Source: public copies of its
 * `/var/runtime/bootstrap`.
 */
const optionsOfLambda = (memoryMb: number): readonly string[] => [
  `--max-semi-space-size=${Math.floor(memoryMb / 20)}`,
  `--max-old-space-size=${memoryMb - Math.floor(memoryMb / 10)}`,
];

const KEYS = {
  AWS_ACCESS_KEY_ID: "ASIABENCHBENCHBENCH0",
  AWS_SECRET_ACCESS_KEY: "none",
  AWS_SESSION_TOKEN: "none",
  AWS_REGION: "us-east-1",
};

async function createTable(table: DynamoDBClient): Promise<void> {
  const { partition, sort } = TABLE_KEYS;
  await table.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [partition, sort].map((name) => ({ AttributeName: name, AttributeType: "S" as const })),
      KeySchema: [
        { AttributeName: partition, KeyType: "HASH" },
        { AttributeName: sort, KeyType: "RANGE" },
      ],
    }),
  );
}

/** Removes the entries of live tasks, as if each had ended. */
async function forgetLive(table: DynamoDBClient): Promise<void> {
  const { partition, sort } = TABLE_KEYS;
  const scan = {
    TableName: TABLE,
    FilterExpression: "begins_with(#pk, :live)",
    ProjectionExpression: "#pk, #sk",
    ExpressionAttributeNames: { "#pk": partition, "#sk": sort },
    ExpressionAttributeValues: { ":live": { S: KINDS.live } },
  };
  const removals: WriteRequest[] = [];
  for await (const { Items: items = [] } of paginateScan({ client: table }, scan))
    removals.push(...items.map((Key) => ({ DeleteRequest: { Key } })));
  await write(table, removals);
}

async function write(table: DynamoDBClient, requests: readonly WriteRequest[]): Promise<void> {
  for (let from = 0; from < requests.length; from += BATCH)
    await table.send(
      new BatchWriteItemCommand({ RequestItems: { [TABLE]: requests.slice(from, from + BATCH) as WriteRequest[] } }),
    );
}
