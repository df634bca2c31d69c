import { DynamoObservations } from "../adapters/dynamodb/dynamo-observations.ts";
import { DynamoPendingRevocations } from "../adapters/dynamodb/dynamo-pending-revocations.ts";
import { DynamoPolicyWrites } from "../adapters/dynamodb/dynamo-policy-writes.ts";
import { DynamoSecretLocks } from "../adapters/dynamodb/dynamo-secret-locks.ts";
import { DynamoTable } from "../adapters/dynamodb/dynamo-table.ts";
import { SecretsManagerInventory } from "../adapters/secrets-manager/secrets-manager-inventory.ts";
import { buildPorts } from "../adapters/wiring/build-ports.ts";
import { readEnv } from "../env.ts";
import type { PathsOf } from "../http/paths.ts";
import { serveLoaded } from "../http/serve-loaded.ts";
import { endAnyTask, listTasks } from "./agent-tasks.ts";
import { ENV } from "./env.ts";
import { listAgents } from "./list-agents.ts";
import { offboard, readOffboarding } from "./offboard.ts";
import { declarePanic, liftPanic, readPanic } from "./panic.ts";
import { readAgent } from "./read-agent.ts";
import { type ReceiptPorts, readReceipt } from "./read-receipt.ts";
import { listSecrets, readSecret } from "./read-secret.ts";
import { rotateSecret } from "./rotate-secret.ts";
import type { SecretPorts } from "./secret-ports.ts";
import { suspend } from "./suspend.ts";

const nowMs = () => Date.now();

async function load(): Promise<SecretPorts & ReceiptPorts> {
  const env = readEnv(ENV);
  const table = new DynamoTable(env.VALETKEY_TABLE);
  return {
    ...(await buildPorts(env)),
    locks: new DynamoSecretLocks(table, nowMs),
    pendingRevocations: new DynamoPendingRevocations(table),
    inventory: new SecretsManagerInventory(),
    policyWrites: new DynamoPolicyWrites(table),
    observations: new DynamoObservations(table),
  };
}

export const handler = serveLoaded(
  load,
  (ports): PathsOf<"operate"> => ({
    "GET /v1/agents": (event) => listAgents(event, ports),
    "GET /v1/agents/{agent}": (event) => readAgent(event, ports),
    "POST /v1/agents/{agent}/suspend": (event) => suspend(event, ports),
    "POST /v1/agents/{agent}/offboard": (event) => offboard(event, ports),
    "GET /v1/agents/{agent}/offboarding": (event) => readOffboarding(event, ports),
    "GET /v1/tasks": (event) => listTasks(event, ports),
    "POST /v1/tasks/{task}/end": (event) => endAnyTask(event, ports),
    "GET /v1/tasks/{task}/receipt": (event) => readReceipt(event, ports),
    "POST /v1/panic": (event) => declarePanic(event, ports),
    "POST /v1/panic/lift": (event) => liftPanic(event, ports),
    "GET /v1/panic": (event) => readPanic(event, ports),
    "GET /v1/secrets": (event) => listSecrets(event, ports),
    "GET /v1/secrets/{secret}": (event) => readSecret(event, ports),
    "POST /v1/secrets/{secret}/rotate": (event) => rotateSecret(event, ports),
  }),
);
