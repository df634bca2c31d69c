import { DynamoBallots } from "../adapters/dynamodb/approvals/dynamo-ballots.ts";
import { DynamoCallCounts } from "../adapters/dynamodb/budgets/call-counts.ts";
import { DynamoBudgets } from "../adapters/dynamodb/budgets/dynamo-budgets.ts";
import { DynamoConditions } from "../adapters/dynamodb/conditions/dynamo-conditions.ts";
import { DynamoPendingRevocations } from "../adapters/dynamodb/leases/dynamo-pending-revocations.ts";
import { DynamoPolicyWrites } from "../adapters/dynamodb/leases/dynamo-policy-writes.ts";
import { DynamoSecretLocks } from "../adapters/dynamodb/leases/dynamo-secret-locks.ts";
import { DynamoFoundEscalations } from "../adapters/dynamodb/observed/dynamo-found-escalations.ts";
import { DynamoLedger } from "../adapters/dynamodb/observed/dynamo-ledger.ts";
import { DynamoObservations } from "../adapters/dynamodb/observed/dynamo-observations.ts";
import { DynamoAccountHalts } from "../adapters/dynamodb/stops/dynamo-account-halts.ts";
import { httpTable } from "../adapters/dynamodb/table/http-table-client.ts";
import { ENDING_BOUNDS } from "../adapters/dynamodb/table/table-bounds.ts";
import { DynamoSignedCallLog } from "../adapters/dynamodb/tasks/signed-call-log.ts";
import { RecentLiveCounts } from "../adapters/memory/recent-live-counts.ts";
import { SecretsManagerInventory } from "../adapters/secrets-manager/secrets-manager-inventory.ts";
import { buildPorts, readDeployed } from "../adapters/wiring/build-ports.ts";
import { readEnv } from "../env.ts";
import { pathsOver } from "../http/paths.ts";
import { serveLoaded } from "../http/serve-loaded.ts";
import type { ConditionPorts } from "../operators/conditions.ts";
import type { AccountPorts } from "./accounts.ts";
import type { AllTasksPorts } from "./list-all-tasks.ts";
import type { BudgetPorts } from "./list-budgets.ts";
import type { EscalationPorts } from "./list-escalations.ts";
import type { OverviewPorts } from "./overview.ts";
import { PATHS } from "./paths.ts";
import type { LedgerPorts } from "./read-ledger.ts";
import type { ReceiptPorts } from "./read-receipt.ts";
import type { SecretPorts } from "./secret-ports.ts";

const nowMs = () => Date.now();

async function load(): Promise<
  SecretPorts &
    ReceiptPorts &
    LedgerPorts &
    AccountPorts &
    ConditionPorts &
    BudgetPorts &
    AllTasksPorts &
    OverviewPorts &
    EscalationPorts
> {
  const env = readEnv("operate");
  const table = httpTable(env.VALETKEY_TABLE, {}, ENDING_BOUNDS);
  const ports = await buildPorts("operate", table, readDeployed(env));
  return {
    ...ports,
    ballots: new DynamoBallots(table, nowMs),
    liveCounts: new RecentLiveCounts(ports.agents, nowMs),
    accountHalts: new DynamoAccountHalts(table),
    setConditions: new DynamoConditions(table),
    budgets: new DynamoBudgets(table),
    callCounts: new DynamoCallCounts(table),
    foundEscalations: new DynamoFoundEscalations(table),
    locks: new DynamoSecretLocks(table, nowMs),
    pendingRevocations: new DynamoPendingRevocations(table),
    inventory: new SecretsManagerInventory(ports.deployment),
    policyWrites: new DynamoPolicyWrites(table),
    observations: new DynamoObservations(table),
    ledger: new DynamoLedger(table, { nowMs }),
    signedCalls: new DynamoSignedCallLog(table),
  };
}

export const handler = serveLoaded(load, (ports) => pathsOver(PATHS, ports));
