import { DynamoCallCounts } from "../adapters/dynamodb/budgets/call-counts.ts";
import { DynamoJournal } from "../adapters/dynamodb/journal/dynamo-journal.ts";
import { DynamoAccountHalts } from "../adapters/dynamodb/stops/dynamo-account-halts.ts";
import { keys } from "../adapters/dynamodb/table/dynamo-keys.ts";
import { httpTable } from "../adapters/dynamodb/table/http-table-client.ts";
import { DynamoKeptSessions } from "../adapters/dynamodb/tasks/kept-sessions.ts";
import { DynamoSignedCallLog } from "../adapters/dynamodb/tasks/signed-call-log.ts";
import { kmsSessionOpener } from "../adapters/kms/kms-session-vault.ts";
import { buildPorts, readDeployed } from "../adapters/wiring/build-ports.ts";
import { readEnv } from "../env.ts";
import { pathsOver } from "../http/paths.ts";
import { serveLoaded } from "../http/serve-loaded.ts";
import { PATHS } from "./paths.ts";
import type { SignPorts } from "./sign-ports.ts";

async function load(): Promise<SignPorts> {
  const env = readEnv("sign");
  const table = httpTable(env.VALETKEY_TABLE, { isBatching: true });
  const ports = await buildPorts("sign", table, readDeployed(env));
  return {
    ...ports,
    // Records refusals in a journal of their own: a function that changes no task may not write to a task's journal.
    journal: new DynamoJournal(table, keys.readEvent),
    keptSessions: new DynamoKeptSessions(table),
    sessionOpener: kmsSessionOpener(ports.clock.nowMs),
    callCounts: new DynamoCallCounts(table),
    signedCalls: new DynamoSignedCallLog(table),
    accountHalts: new DynamoAccountHalts(table),
  };
}

export const handler = serveLoaded(load, (ports) => pathsOver(PATHS, ports));
