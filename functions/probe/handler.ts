import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoPolicyWrites } from "../adapters/dynamodb/leases/dynamo-policy-writes.ts";
import { DynamoObservations } from "../adapters/dynamodb/observed/dynamo-observations.ts";
import { sdkTable } from "../adapters/dynamodb/table/sdk-table-client.ts";
import { WATCHING_BOUNDS } from "../adapters/dynamodb/table/table-bounds.ts";
import { readDeployment } from "../adapters/files/read-deployment.ts";
import { DeploymentBundle } from "../adapters/files/shipped-files.ts";
import { AwsProbeSessions } from "../adapters/sts/aws-probe-sessions.ts";
import { stdoutLog } from "../adapters/wiring/stdout-log.ts";
import { readEnv } from "../env.ts";
import { probeBatch } from "./probe-batch.ts";

const env = readEnv("probe");
const table = sdkTable(env.VALETKEY_TABLE, WATCHING_BOUNDS);
const deployment = readDeployment(new DeploymentBundle(env.VALETKEY_DEPLOYMENT));
const nowMs = () => Date.now();
const ports = {
  deployment,
  probeSessions: new AwsProbeSessions(deployment, nowMs),
  policyWrites: new DynamoPolicyWrites(table),
  observations: new DynamoObservations(table),
  random: { bytes: (count: number) => randomBytes(count) },
  clock: { nowMs },
  pause: (ms: number) => sleep(ms),
  log: stdoutLog,
};

export const handler = (event: Parameters<typeof probeBatch>[0]) => probeBatch(event, ports);
