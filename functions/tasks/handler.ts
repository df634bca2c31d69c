import { httpTable } from "../adapters/dynamodb/table/http-table-client.ts";
import { ENDING_BOUNDS } from "../adapters/dynamodb/table/table-bounds.ts";
import { buildPorts, readDeployed } from "../adapters/wiring/build-ports.ts";
import { readEnv } from "../env.ts";
import { pathsOver } from "../http/paths.ts";
import { serveLoaded } from "../http/serve-loaded.ts";
import { PATHS } from "./paths.ts";

const load = () => {
  const env = readEnv("tasks");
  return buildPorts("tasks", httpTable(env.VALETKEY_TABLE, {}, ENDING_BOUNDS), readDeployed(env));
};

export const handler = serveLoaded(load, (ports) => pathsOver(PATHS, ports));
