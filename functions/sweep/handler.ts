import { DynamoTable } from "../adapters/dynamo-table.ts";
import { DynamoTasks } from "../adapters/dynamo-tasks.ts";
import { DynamoTimers } from "../adapters/dynamo-timers.ts";
import { readDeployment } from "../adapters/read-deployment.ts";
import { ShippedFiles } from "../adapters/shipped-files.ts";
import { SqsRoles } from "../adapters/sqs-roles.ts";
import { stdoutLog } from "../adapters/stdout-log.ts";
import { readEnv } from "../env.ts";
import { ENV } from "./env.ts";
import { sweep } from "./sweep.ts";

const env = readEnv(ENV);
const table = new DynamoTable(env.VALETKEY_TABLE);
const ports = {
  deployment: readDeployment(new ShippedFiles(env.VALETKEY_DEPLOYMENT)),
  tasks: new DynamoTasks(table),
  timers: new DynamoTimers(table),
  queue: new SqsRoles(env.VALETKEY_QUEUE_URL),
  clock: { nowMs: () => Date.now() },
  log: stdoutLog,
};

export const handler = () => sweep(ports);
