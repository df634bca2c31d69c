import { DynamoReleases } from "../adapters/dynamodb/dynamo-releases.ts";
import { DynamoTable } from "../adapters/dynamodb/dynamo-table.ts";
import { DynamoTasks } from "../adapters/dynamodb/dynamo-tasks.ts";
import { readDeployment } from "../adapters/files/read-deployment.ts";
import { DeploymentBundle } from "../adapters/files/shipped-files.ts";
import { SqsDeadlines } from "../adapters/sqs/sqs-deadlines.ts";
import { connectProviders } from "../adapters/wiring/connect-providers.ts";
import { stdoutLog } from "../adapters/wiring/stdout-log.ts";
import { connectorsOf } from "../connectors/connectors.ts";
import { readEnv } from "../env.ts";
import { ENV } from "./env.ts";
import { releaseBatch } from "./release-batch.ts";

const env = readEnv(ENV);
const table = new DynamoTable(env.VALETKEY_TABLE);
const deployment = readDeployment(new DeploymentBundle(env.VALETKEY_DEPLOYMENT));
const nowMs = () => Date.now();
const ports = {
  tasks: new DynamoTasks(table),
  releases: new DynamoReleases(table),
  dueMessages: new SqsDeadlines(env.VALETKEY_DEADLINES_URL, { nowMs }),
  connectors: await connectorsOf(connectProviders(deployment, table, nowMs)),
  clock: { nowMs },
  log: stdoutLog,
};

export const handler = (event: Parameters<typeof releaseBatch>[0]) => releaseBatch(event, ports);
