import { DynamoAccountHalts } from "../adapters/dynamodb/dynamo-account-halts.ts";
import { DynamoTable } from "../adapters/dynamodb/dynamo-table.ts";
import { buildPorts } from "../adapters/wiring/build-ports.ts";
import { readEnv } from "../env.ts";
import { pathsOver } from "../http/paths.ts";
import { serveLoaded } from "../http/serve-loaded.ts";
import { ENV } from "./env.ts";
import type { LiftingPorts } from "./lift-account.ts";
import { PATHS } from "./paths.ts";

async function load(): Promise<LiftingPorts> {
  const env = readEnv(ENV);
  const accountHalts = new DynamoAccountHalts(new DynamoTable(env.VALETKEY_TABLE));
  return { ...(await buildPorts("register", env)), accountHalts };
}

export const handler = serveLoaded(load, (ports) => pathsOver(PATHS, ports));
