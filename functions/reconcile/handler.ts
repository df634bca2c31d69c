import { setTimeout as sleep } from "node:timers/promises";
import { DynamoPolicyWrites } from "../adapters/dynamodb/leases/dynamo-policy-writes.ts";
import { DynamoRoleLoads } from "../adapters/dynamodb/leases/dynamo-role-loads.ts";
import { DynamoRoles } from "../adapters/dynamodb/leases/dynamo-roles.ts";
import { DynamoHalts } from "../adapters/dynamodb/stops/dynamo-halts.ts";
import { DynamoPanics } from "../adapters/dynamodb/stops/dynamo-panics.ts";
import { httpTable } from "../adapters/dynamodb/table/http-table-client.ts";
import { ENDING_BOUNDS } from "../adapters/dynamodb/table/table-bounds.ts";
import { readDeployment } from "../adapters/files/read-deployment.ts";
import { DeploymentBundle } from "../adapters/files/shipped-files.ts";
import { IamRevocations } from "../adapters/iam/iam-revocations.ts";
import { SqsRevocationQueue } from "../adapters/sqs/sqs-revocation-queue.ts";
import { stdoutLog } from "../adapters/wiring/stdout-log.ts";
import { readEnv } from "../env.ts";
import { reconcileBatch } from "./reconcile-batch.ts";

const env = readEnv("reconcile");
const deployment = readDeployment(new DeploymentBundle(env.VALETKEY_DEPLOYMENT));
const table = httpTable(env.VALETKEY_TABLE, {}, ENDING_BOUNDS);
const nowMs = () => Date.now();
const ports = {
  deployment,
  roles: new DynamoRoles(table),
  halts: new DynamoHalts(table),
  panics: new DynamoPanics(table, nowMs, deployment.restoredAt),
  loads: new DynamoRoleLoads(table, nowMs),
  policyWrites: new DynamoPolicyWrites(table),
  messages: new SqsRevocationQueue(env.VALETKEY_REVOCATION_QUEUE_URL),
  revocations: new IamRevocations(deployment, { nowMs }),
  clock: { nowMs },
  log: stdoutLog,
  pause: (ms: number) => sleep(ms),
  reconciled: new Map<string, number>(),
};

export const handler = (event: Parameters<typeof reconcileBatch>[0]) => reconcileBatch(event, ports);
