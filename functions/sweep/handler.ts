import { DynamoGlasses } from "../adapters/dynamodb/approvals/dynamo-glasses.ts";
import { DynamoAgents } from "../adapters/dynamodb/identity/dynamo-agents.ts";
import { DynamoPendingRevocations } from "../adapters/dynamodb/leases/dynamo-pending-revocations.ts";
import { DynamoPolicyWrites } from "../adapters/dynamodb/leases/dynamo-policy-writes.ts";
import { DynamoRoleLoads } from "../adapters/dynamodb/leases/dynamo-role-loads.ts";
import { DynamoRoles } from "../adapters/dynamodb/leases/dynamo-roles.ts";
import { DynamoSecretLocks } from "../adapters/dynamodb/leases/dynamo-secret-locks.ts";
import { DynamoHeard } from "../adapters/dynamodb/observed/dynamo-heard.ts";
import { DynamoObservations } from "../adapters/dynamodb/observed/dynamo-observations.ts";
import { DynamoHalts } from "../adapters/dynamodb/stops/dynamo-halts.ts";
import { DynamoPanics } from "../adapters/dynamodb/stops/dynamo-panics.ts";
import { httpTable } from "../adapters/dynamodb/table/http-table-client.ts";
import { ENDING_BOUNDS } from "../adapters/dynamodb/table/table-bounds.ts";
import { DynamoTasks } from "../adapters/dynamodb/tasks/dynamo-tasks.ts";
import { DynamoTimers } from "../adapters/dynamodb/tasks/dynamo-timers.ts";
import { readDeployment } from "../adapters/files/read-deployment.ts";
import { DeploymentBundle } from "../adapters/files/shipped-files.ts";
import { SqsLeaseRevocationQueue } from "../adapters/sqs/sqs-lease-revocation-queue.ts";
import { SqsRevocationQueue } from "../adapters/sqs/sqs-revocation-queue.ts";
import { stdoutLog } from "../adapters/wiring/stdout-log.ts";
import { pinsOf } from "../core/deployment/deployment.ts";
import { readEnv } from "../env.ts";
import { sweep } from "./sweep.ts";

const env = readEnv("sweep");
const deployment = readDeployment(new DeploymentBundle(env.VALETKEY_DEPLOYMENT));
const table = httpTable(env.VALETKEY_TABLE, {}, ENDING_BOUNDS);
const nowMs = () => Date.now();
const ports = {
  deployment,
  tasks: new DynamoTasks(table),
  agents: new DynamoAgents(table, pinsOf(deployment), nowMs),
  halts: new DynamoHalts(table),
  glasses: new DynamoGlasses(table),
  panics: new DynamoPanics(table, nowMs, deployment.restoredAt),
  timers: new DynamoTimers(table),
  roles: new DynamoRoles(table),
  loads: new DynamoRoleLoads(table, nowMs),
  locks: new DynamoSecretLocks(table, nowMs),
  revocationQueue: new SqsRevocationQueue(env.VALETKEY_REVOCATION_QUEUE_URL),
  heard: new DynamoHeard(table, nowMs),
  looked: {},
  policyWrites: new DynamoPolicyWrites(table),
  observations: new DynamoObservations(table),
  pendingRevocations: new DynamoPendingRevocations(table),
  leaseRevocationQueue: new SqsLeaseRevocationQueue(env.VALETKEY_LEASE_REVOCATION_QUEUE_URL),
  clock: { nowMs },
  log: stdoutLog,
};

export const handler = () => sweep(ports);
