import { DynamoAgents } from "../adapters/dynamodb/dynamo-agents.ts";
import { DynamoGlasses } from "../adapters/dynamodb/dynamo-glasses.ts";
import { DynamoHalts } from "../adapters/dynamodb/dynamo-halts.ts";
import { DynamoHeard } from "../adapters/dynamodb/dynamo-heard.ts";
import { DynamoObservations } from "../adapters/dynamodb/dynamo-observations.ts";
import { DynamoPanics } from "../adapters/dynamodb/dynamo-panics.ts";
import { DynamoPendingRevocations } from "../adapters/dynamodb/dynamo-pending-revocations.ts";
import { DynamoPolicyWrites } from "../adapters/dynamodb/dynamo-policy-writes.ts";
import { DynamoRoles } from "../adapters/dynamodb/dynamo-roles.ts";
import { DynamoSecretLocks } from "../adapters/dynamodb/dynamo-secret-locks.ts";
import { DynamoTasks } from "../adapters/dynamodb/dynamo-tasks.ts";
import { DynamoTimers } from "../adapters/dynamodb/dynamo-timers.ts";
import { httpTable } from "../adapters/dynamodb/http-table-client.ts";
import { ENDING_BOUNDS } from "../adapters/dynamodb/table-bounds.ts";
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
