import { randomBytes } from "node:crypto";
import { DynamoSecretLocks } from "../adapters/dynamodb/leases/dynamo-secret-locks.ts";
import { sdkTable } from "../adapters/dynamodb/table/sdk-table-client.ts";
import { readDeployment } from "../adapters/files/read-deployment.ts";
import { DeploymentBundle } from "../adapters/files/shipped-files.ts";
import { Rfc7592Clients } from "../adapters/oauth/rfc7592-clients.ts";
import { PgDatabases } from "../adapters/postgres/pg-databases.ts";
import { RotatingSecretsManager } from "../adapters/secrets-manager/rotating-secrets-manager.ts";
import { SecretsManager } from "../adapters/secrets-manager/secrets-manager.ts";
import { stdoutLog } from "../adapters/wiring/stdout-log.ts";
import { readEnv } from "../env.ts";
import { rotate } from "./rotate.ts";

const env = readEnv("rotate");
const nowMs = () => Date.now();
const deployment = readDeployment(new DeploymentBundle(env.VALETKEY_DEPLOYMENT));
const secrets = new SecretsManager(deployment);
const ports = {
  deployment,
  rotating: new RotatingSecretsManager(deployment),
  locks: new DynamoSecretLocks(sdkTable(env.VALETKEY_TABLE), nowMs),
  databases: new PgDatabases(async (name) => (await secrets.own(name)).text),
  clients: new Rfc7592Clients(async (name) => (await secrets.own(name)).text),
  random: { bytes: (count: number) => randomBytes(count) },
  clock: { nowMs },
  log: stdoutLog,
};

export const handler = (event: unknown) => rotate(event, ports);
