import { DynamoPendingRevocations } from "../adapters/dynamodb/leases/dynamo-pending-revocations.ts";
import { httpTable } from "../adapters/dynamodb/table/http-table-client.ts";
import { ENDING_BOUNDS } from "../adapters/dynamodb/table/table-bounds.ts";
import { DynamoTasks } from "../adapters/dynamodb/tasks/dynamo-tasks.ts";
import { readDeployment } from "../adapters/files/read-deployment.ts";
import { DeploymentBundle } from "../adapters/files/shipped-files.ts";
import { SqsDeadlines } from "../adapters/sqs/sqs-deadlines.ts";
import { connectProviders } from "../adapters/wiring/connect-providers.ts";
import { stdoutLog } from "../adapters/wiring/stdout-log.ts";
import { connectorsOf } from "../connectors/connectors.ts";
import { readEnv } from "../env.ts";
import { revokePendingBatch } from "./revoke-pending-batch.ts";

const env = readEnv("revoke-leases");
const table = httpTable(env.VALETKEY_TABLE, {}, ENDING_BOUNDS);
const deployment = readDeployment(new DeploymentBundle(env.VALETKEY_DEPLOYMENT));
const nowMs = () => Date.now();
const ports = {
  tasks: new DynamoTasks(table),
  pendingRevocations: new DynamoPendingRevocations(table),
  dueMessages: new SqsDeadlines(env.VALETKEY_DEADLINES_URL, { nowMs }),
  connectors: await connectorsOf(connectProviders(deployment, table, nowMs)),
  clock: { nowMs },
  log: stdoutLog,
};

export const handler = (event: Parameters<typeof revokePendingBatch>[0]) => revokePendingBatch(event, ports);
