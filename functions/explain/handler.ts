import { readPrepared } from "../adapters/cedar/read-policies.ts";
import { DynamoJournal } from "../adapters/dynamodb/journal/dynamo-journal.ts";
import { keys } from "../adapters/dynamodb/table/dynamo-keys.ts";
import { sdkTable } from "../adapters/dynamodb/table/sdk-table-client.ts";
import { WATCHING_BOUNDS } from "../adapters/dynamodb/table/table-bounds.ts";
import { DeploymentBundle } from "../adapters/files/shipped-files.ts";
import { buildPorts, readDeployed } from "../adapters/wiring/build-ports.ts";
import { readEnv } from "../env.ts";
import { pathsOver } from "../http/paths.ts";
import { serveLoaded } from "../http/serve-loaded.ts";
import type { ExplainPorts } from "./explain-ports.ts";
import { PATHS } from "./paths.ts";

async function load(): Promise<ExplainPorts> {
  const env = readEnv("explain");
  const { policies: prepared } = readPrepared(new DeploymentBundle(env.VALETKEY_DEPLOYMENT));
  const table = sdkTable(env.VALETKEY_TABLE, WATCHING_BOUNDS);
  return {
    ...(await buildPorts("explain", table, readDeployed(env))),
    prepared,
    // Records refusals in a journal of their own: a function that only reads may not write to the tasks' journal.
    journal: new DynamoJournal(table, keys.readEvent),
  };
}

export const handler = serveLoaded(load, (ports) => pathsOver(PATHS, ports));
