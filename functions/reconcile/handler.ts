import { setTimeout as sleep } from "node:timers/promises";
import { DynamoHalts } from "../adapters/dynamo-halts.ts";
import { DynamoPanics } from "../adapters/dynamo-panics.ts";
import { DynamoPolicyWrites } from "../adapters/dynamo-policy-writes.ts";
import { DynamoRoleLoads } from "../adapters/dynamo-role-loads.ts";
import { DynamoRoles } from "../adapters/dynamo-roles.ts";
import { DynamoTable } from "../adapters/dynamo-table.ts";
import { IamRevocations } from "../adapters/iam-revocations.ts";
import { readDeployment } from "../adapters/read-deployment.ts";
import { ShippedFiles } from "../adapters/shipped-files.ts";
import { SqsRoles } from "../adapters/sqs-roles.ts";
import { stdoutLog } from "../adapters/stdout-log.ts";
import { readEnv } from "../env.ts";
import { ENV } from "./env.ts";
import { reconcileBatch } from "./reconcile-batch.ts";

const env = readEnv(ENV);
const deployment = readDeployment(new ShippedFiles(env.VALETKEY_DEPLOYMENT));
const table = new DynamoTable(env.VALETKEY_TABLE);
const nowMs = () => Date.now();
const ports = {
  deployment,
  roles: new DynamoRoles(table),
  halts: new DynamoHalts(table),
  panics: new DynamoPanics(table, nowMs),
  loads: new DynamoRoleLoads(table, nowMs),
  policyWrites: new DynamoPolicyWrites(table),
  messages: new SqsRoles(env.VALETKEY_QUEUE_URL),
  revocations: new IamRevocations(deployment.partition, { nowMs }),
  clock: { nowMs },
  log: stdoutLog,
  pause: (ms: number) => sleep(ms),
  reconciled: new Map<string, number>(),
};

export const handler = (event: Parameters<typeof reconcileBatch>[0]) => reconcileBatch(event, ports);
