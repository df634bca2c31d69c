import { DynamoGlasses } from "../adapters/dynamodb/approvals/dynamo-glasses.ts";
import { DynamoConditions } from "../adapters/dynamodb/conditions/dynamo-conditions.ts";
import { DynamoAccountHalts } from "../adapters/dynamodb/stops/dynamo-account-halts.ts";
import { sdkTable } from "../adapters/dynamodb/table/sdk-table-client.ts";
import { buildPorts, readDeployed } from "../adapters/wiring/build-ports.ts";
import { readEnv } from "../env.ts";
import { pathsOver } from "../http/paths.ts";
import { serveLoaded } from "../http/serve-loaded.ts";
import type { ConditionPorts } from "../operators/conditions.ts";
import type { ResumingPorts } from "./change-agent.ts";
import type { LiftingPorts } from "./lift-account.ts";
import { PATHS } from "./paths.ts";

async function load(): Promise<LiftingPorts & ResumingPorts & ConditionPorts> {
  const env = readEnv("register");
  const table = sdkTable(env.VALETKEY_TABLE);
  return {
    ...(await buildPorts("register", table, readDeployed(env))),
    accountHalts: new DynamoAccountHalts(table),
    setConditions: new DynamoConditions(table),
    glasses: new DynamoGlasses(table),
  };
}

export const handler = serveLoaded(load, (ports) => pathsOver(PATHS, ports));
