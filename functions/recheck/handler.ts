import { DynamoConditions } from "../adapters/dynamodb/conditions/dynamo-conditions.ts";
import { httpTable } from "../adapters/dynamodb/table/http-table-client.ts";
import { ENDING_BOUNDS } from "../adapters/dynamodb/table/table-bounds.ts";
import { SqsRechecks } from "../adapters/sqs/sqs-rechecks.ts";
import { buildPorts, readDeployed } from "../adapters/wiring/build-ports.ts";
import { readEnv } from "../env.ts";
import type { HttpEvent } from "../http/event.ts";
import { pathsOver } from "../http/paths.ts";
import { serveLoaded } from "../http/serve-loaded.ts";
import { connectorsFor } from "../policy/decide/connectors.ts";
import type { QueueBatch } from "../queues/batch.ts";
import { PATHS } from "./paths.ts";
import { recheckBatch } from "./recheck-batch.ts";

async function load() {
  const env = readEnv("recheck");
  const table = httpTable(env.VALETKEY_TABLE, {}, ENDING_BOUNDS);
  // Connectors describe details here, and reach no provider.
  const connect = async (deployment: Parameters<typeof connectorsFor>[1]) => connectorsFor([], deployment);
  return {
    ...(await buildPorts("recheck", table, readDeployed(env), connect)),
    setConditions: new DynamoConditions(table),
    recheckQueue: new SqsRechecks(env.VALETKEY_RECHECKS_URL),
  };
}

type Loaded = Awaited<ReturnType<typeof load>>;
let loading: Promise<Loaded> | undefined;

/** Loads the ports once for requests and messages; again where that has failed. */
function loadOnce(): Promise<Loaded> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

const answers = serveLoaded(loadOnce, (ports) => pathsOver(PATHS, ports));

/** Answers requests, and handles messages of the queue. */
export const handler = async (event: HttpEvent | QueueBatch, context: unknown) =>
  "Records" in event ? recheckBatch(event, await loadOnce()) : answers(event, context);
