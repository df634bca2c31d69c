import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoConditions } from "../adapters/dynamodb/conditions/dynamo-conditions.ts";
import { DynamoAgents } from "../adapters/dynamodb/identity/dynamo-agents.ts";
import { DynamoJournal } from "../adapters/dynamodb/journal/dynamo-journal.ts";
import { DynamoPendingRevocations } from "../adapters/dynamodb/leases/dynamo-pending-revocations.ts";
import { DynamoRoles } from "../adapters/dynamodb/leases/dynamo-roles.ts";
import { DynamoFoundEscalations } from "../adapters/dynamodb/observed/dynamo-found-escalations.ts";
import { DynamoAccountHalts } from "../adapters/dynamodb/stops/dynamo-account-halts.ts";
import { DynamoCoolDowns } from "../adapters/dynamodb/stops/dynamo-cool-downs.ts";
import { DynamoPauses } from "../adapters/dynamodb/stops/dynamo-pauses.ts";
import { DynamoSuspensions } from "../adapters/dynamodb/stops/dynamo-suspensions.ts";
import { httpTable } from "../adapters/dynamodb/table/http-table-client.ts";
import { ENDING_BOUNDS } from "../adapters/dynamodb/table/table-bounds.ts";
import { DynamoConsents } from "../adapters/dynamodb/tasks/dynamo-consents.ts";
import { DynamoTasks } from "../adapters/dynamodb/tasks/dynamo-tasks.ts";
import { readDeployment } from "../adapters/files/read-deployment.ts";
import { DeploymentBundle } from "../adapters/files/shipped-files.ts";
import { stdoutLog } from "../adapters/wiring/stdout-log.ts";
import { pinsOf } from "../core/deployment/deployment.ts";
import { readEnv } from "../env.ts";
import { intake } from "./intake.ts";

const env = readEnv("intake");
const table = httpTable(env.VALETKEY_TABLE, {}, ENDING_BOUNDS);
const nowMs = () => Date.now();
const deployment = readDeployment(new DeploymentBundle(env.VALETKEY_DEPLOYMENT));
const ports = {
  deployment,
  tasks: new DynamoTasks(table),
  consents: async () => new DynamoConsents(table),
  roles: new DynamoRoles(table),
  pendingRevocations: new DynamoPendingRevocations(table),
  agents: new DynamoAgents(table, pinsOf(deployment), nowMs),
  journal: new DynamoJournal(table),
  accountHalts: new DynamoAccountHalts(table),
  coolDowns: new DynamoCoolDowns(table, { nowMs }),
  pauses: new DynamoPauses(table),
  setConditions: new DynamoConditions(table),
  suspensions: new DynamoSuspensions(table, { nowMs }),
  foundEscalations: new DynamoFoundEscalations(table),
  clock: { nowMs },
  random: { bytes: (count: number) => randomBytes(count) },
  pause: (ms: number) => sleep(ms),
  log: stdoutLog,
};

export const handler = (event: unknown) => intake(event, ports);
