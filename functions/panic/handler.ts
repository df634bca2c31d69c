import { DynamoJournal } from "../adapters/dynamodb/journal/dynamo-journal.ts";
import { keys } from "../adapters/dynamodb/table/dynamo-keys.ts";
import { httpTable } from "../adapters/dynamodb/table/http-table-client.ts";
import { ENDING_BOUNDS } from "../adapters/dynamodb/table/table-bounds.ts";
import { buildPorts, readDeployed } from "../adapters/wiring/build-ports.ts";
import type { Ports } from "../core/ports.ts";
import { readEnv } from "../env.ts";
import { pathsOver } from "../http/paths.ts";
import { serveLoaded } from "../http/serve-loaded.ts";
import { PATHS } from "./paths.ts";

async function load(): Promise<Ports> {
  const env = readEnv("panic");
  const table = httpTable(env.VALETKEY_TABLE, {}, ENDING_BOUNDS);
  return {
    ...(await buildPorts("panic", table, readDeployed(env))),
    // Records refusals apart from the tasks' journal: a writer of that journal could block a task's ending.
    journal: new DynamoJournal(table, keys.readEvent),
  };
}

export const handler = serveLoaded(load, (ports) => pathsOver(PATHS, ports));
