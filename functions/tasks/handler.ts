import { sdkTable } from "../adapters/dynamodb/sdk-table-client.ts";
import { buildPorts, readDeployed } from "../adapters/wiring/build-ports.ts";
import { readEnv } from "../env.ts";
import { pathsOver } from "../http/paths.ts";
import { serveLoaded } from "../http/serve-loaded.ts";
import { PATHS } from "./paths.ts";

const load = () => {
  const env = readEnv("tasks");
  return buildPorts("tasks", sdkTable(env.VALETKEY_TABLE), readDeployed(env));
};

export const handler = serveLoaded(load, (ports) => pathsOver(PATHS, ports));
