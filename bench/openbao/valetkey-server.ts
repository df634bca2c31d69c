import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BatchWriteItemCommand, CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { startDynoxide } from "../../emulator/dynamodb/dynoxide.ts";
import { TABLE_KEYS } from "../../functions/names.ts";
import { buildBenchDeployment } from "../cloud/bench-config.ts";
import { registeredItems } from "../cloud/registered-items.ts";
import { bundleOf } from "../cold/bundle.ts";
import { childrenOf, processCpuMs } from "./process-cpu.ts";
import { cpuMsOf, end, type Server, startNode } from "./server.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Items of one BatchWriteItem. */
const BATCH = 25;

export interface ValetkeyOptions {
  readonly workDir: string;
  readonly issuer: string;
  readonly stsUrl: string;
  readonly agents: readonly string[];
}

/** Starts the exchange as it is bundled for Lambda, one process behind a bare HTTP server, with its table in a process of dynoxide. */
export async function startValetkey({ workDir, issuer, stsUrl, agents }: ValetkeyOptions): Promise<Server> {
  const [exchange, runner] = await Promise.all([
    bundleOf(at("../../functions/exchange/handler.ts"), join(workDir, "exchange")),
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
  await createTable(dynamo.endpoint, agents);
  const { child, url } = await startNode(runner.file, {
    args: [exchange.file],
    prints: "stderr",
    env: {
      ...KEYS,
      AWS_ENDPOINT_URL: stsUrl,
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
      VALETKEY_TABLE: "valetkey",
      VALETKEY_DEPLOYMENT: dir,
      VALETKEY_BUS: "valetkey",
    },
  });
  // A shell that ends with this process has started dynoxide.
  const stores = [process.pid].flatMap(childrenOf).flatMap((pid) => (pid === child.pid ? [] : childrenOf(pid)));
  return {
    kind: "valetkey",
    name: "valetkey",
    url,
    cpuMs: () => ({ server: cpuMsOf(child), store: stores.reduce((ms, pid) => ms + processCpuMs(pid), 0) }),
    close: async () => {
      await end(child);
      await dynamo.close();
    },
  };
}

const KEYS = {
  AWS_ACCESS_KEY_ID: "ASIABENCHBENCHBENCH0",
  AWS_SECRET_ACCESS_KEY: "none",
  AWS_SESSION_TOKEN: "none",
  AWS_REGION: "us-east-1",
};

async function createTable(endpoint: string, agents: readonly string[]): Promise<void> {
  const dynamodb = new DynamoDBClient({
    endpoint,
    region: KEYS.AWS_REGION,
    credentials: { accessKeyId: KEYS.AWS_ACCESS_KEY_ID, secretAccessKey: "none" },
  });
  const { partition, sort } = TABLE_KEYS;
  await dynamodb.send(
    new CreateTableCommand({
      TableName: "valetkey",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [partition, sort].map((name) => ({ AttributeName: name, AttributeType: "S" as const })),
      KeySchema: [
        { AttributeName: partition, KeyType: "HASH" },
        { AttributeName: sort, KeyType: "RANGE" },
      ],
    }),
  );
  const items = registeredItems(agents);
  for (let from = 0; from < items.length; from += BATCH) {
    const puts = items.slice(from, from + BATCH).map((Item) => ({ PutRequest: { Item: Item as never } }));
    await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { valetkey: puts } }));
  }
  dynamodb.destroy();
}
