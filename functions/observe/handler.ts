import { DynamoPolicyWrites } from "../adapters/dynamodb/leases/dynamo-policy-writes.ts";
import { DynamoHeard } from "../adapters/dynamodb/observed/dynamo-heard.ts";
import { DynamoLedger } from "../adapters/dynamodb/observed/dynamo-ledger.ts";
import { DynamoRightsCounts } from "../adapters/dynamodb/observed/dynamo-rights-counts.ts";
import { sdkTable } from "../adapters/dynamodb/table/sdk-table-client.ts";
import { WATCHING_BOUNDS } from "../adapters/dynamodb/table/table-bounds.ts";
import { DynamoTasks } from "../adapters/dynamodb/tasks/dynamo-tasks.ts";
import { BusEscalations } from "../adapters/eventbridge/bus-escalations.ts";
import { EventBridgeBus } from "../adapters/eventbridge/eventbridge-bus.ts";
import { readCatalogue, readDeployment } from "../adapters/files/read-deployment.ts";
import { DeploymentBundle } from "../adapters/files/shipped-files.ts";
import { stdoutLog } from "../adapters/wiring/stdout-log.ts";
import { readEnv } from "../env.ts";
import type { BatchAnswer, QueueBatch } from "../queues/batch.ts";
import { countRights } from "./count-rights.ts";
import { observe } from "./observe.ts";

const env = readEnv("observe");
const nowMs = () => Date.now();
const shipped = new DeploymentBundle(env.VALETKEY_DEPLOYMENT);
const table = sdkTable(env.VALETKEY_TABLE, WATCHING_BOUNDS);
const ports = {
  tasks: new DynamoTasks(table),
  ledger: new DynamoLedger(table, { nowMs }),
  heard: new DynamoHeard(table, nowMs),
  policyWrites: new DynamoPolicyWrites(table),
  rightsCounts: new DynamoRightsCounts(table),
  clock: { nowMs },
  catalogue: readCatalogue(shipped),
  deployment: readDeployment(shipped),
  escalations: new BusEscalations(new EventBridgeBus(env.VALETKEY_BUS), nowMs),
  log: stdoutLog,
};

/** Records uses, or counts unused rights on the rule's event, which alone has a `source` beside its body. */
export const handler = async (event: QueueBatch | ScheduledEvent): Promise<BatchAnswer | undefined> => {
  if (!("source" in event)) return observe(event, ports);
  await countRights(ports);
  return undefined;
};

/** Event of a rule's schedule. */
interface ScheduledEvent {
  readonly source: "aws.events";
}
