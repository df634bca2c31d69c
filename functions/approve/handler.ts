import { DynamoBallots } from "../adapters/dynamodb/approvals/dynamo-ballots.ts";
import { DynamoNotificationBoard } from "../adapters/dynamodb/approvals/dynamo-notification-board.ts";
import { DynamoJournal } from "../adapters/dynamodb/journal/dynamo-journal.ts";
import { keys } from "../adapters/dynamodb/table/dynamo-keys.ts";
import { sdkTable } from "../adapters/dynamodb/table/sdk-table-client.ts";
import { buildPorts, readDeployed } from "../adapters/wiring/build-ports.ts";
import { reachSignInCodes } from "../adapters/wiring/reach-sign-in-codes.ts";
import { readEnv } from "../env.ts";
import { pathsOver } from "../http/paths.ts";
import { serveLoaded } from "../http/serve-loaded.ts";
import type { ApprovePorts } from "./approve-ports.ts";
import { PATHS } from "./paths.ts";

const nowMs = () => Date.now();

async function load(): Promise<ApprovePorts> {
  const env = readEnv("approve");
  const table = sdkTable(env.VALETKEY_TABLE);
  const ports = await buildPorts("approve", table, readDeployed(env));
  return {
    ...ports,
    ballots: new DynamoBallots(table, nowMs),
    // Records its events in a journal of its own: this function may write neither tasks nor their journal.
    journal: new DynamoJournal(table, keys.approvalEvent),
    notificationBoard: new DynamoNotificationBoard(table),
    codes: reachSignInCodes(ports.deployment),
  };
}

export const handler = serveLoaded(load, (ports) => pathsOver(PATHS, ports));
