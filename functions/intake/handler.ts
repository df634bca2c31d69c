import { DynamoAgents } from "../adapters/dynamo-agents.ts";
import { DynamoJournal } from "../adapters/dynamo-journal.ts";
import { DynamoTable } from "../adapters/dynamo-table.ts";
import { DynamoTasks } from "../adapters/dynamo-tasks.ts";
import { readDeployment } from "../adapters/read-deployment.ts";
import { ShippedFiles } from "../adapters/shipped-files.ts";
import { stdoutLog } from "../adapters/stdout-log.ts";
import { readEnv } from "../env.ts";
import { ENV } from "./env.ts";
import { intake } from "./intake.ts";

const env = readEnv(ENV);
const table = new DynamoTable(env.VALETKEY_TABLE);
const nowMs = () => Date.now();
const ports = {
  deployment: readDeployment(new ShippedFiles(env.VALETKEY_DEPLOYMENT)),
  tasks: new DynamoTasks(table),
  // No binding is looked up here, so no pin is needed.
  agents: new DynamoAgents(table, {}, nowMs),
  journal: new DynamoJournal(table),
  clock: { nowMs },
  log: stdoutLog,
};

export const handler = (event: unknown) => intake(event, ports);
