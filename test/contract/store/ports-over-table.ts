import { DynamoAcceptances } from "../../../functions/adapters/dynamodb/approvals/dynamo-acceptances.ts";
import { DynamoApprovals } from "../../../functions/adapters/dynamodb/approvals/dynamo-approvals.ts";
import { DynamoBallots } from "../../../functions/adapters/dynamodb/approvals/dynamo-ballots.ts";
import { DynamoGlasses } from "../../../functions/adapters/dynamodb/approvals/dynamo-glasses.ts";
import { DynamoNotificationBoard } from "../../../functions/adapters/dynamodb/approvals/dynamo-notification-board.ts";
import { DynamoCallCounts } from "../../../functions/adapters/dynamodb/budgets/call-counts.ts";
import { DynamoBudgets } from "../../../functions/adapters/dynamodb/budgets/dynamo-budgets.ts";
import { DynamoConditions } from "../../../functions/adapters/dynamodb/conditions/dynamo-conditions.ts";
import { DynamoHolds } from "../../../functions/adapters/dynamodb/holds/dynamo-holds.ts";
import { DynamoAgents } from "../../../functions/adapters/dynamodb/identity/dynamo-agents.ts";
import { keysInTable, publishedSeals } from "../../../functions/adapters/dynamodb/journal/published-seals.ts";
import { DynamoPendingRevocations } from "../../../functions/adapters/dynamodb/leases/dynamo-pending-revocations.ts";
import { DynamoPolicyWrites } from "../../../functions/adapters/dynamodb/leases/dynamo-policy-writes.ts";
import { DynamoRoleLoads } from "../../../functions/adapters/dynamodb/leases/dynamo-role-loads.ts";
import { DynamoRoles } from "../../../functions/adapters/dynamodb/leases/dynamo-roles.ts";
import { DynamoSecretLocks } from "../../../functions/adapters/dynamodb/leases/dynamo-secret-locks.ts";
import { DynamoFoundEscalations } from "../../../functions/adapters/dynamodb/observed/dynamo-found-escalations.ts";
import { DynamoHeard } from "../../../functions/adapters/dynamodb/observed/dynamo-heard.ts";
import { DynamoLedger } from "../../../functions/adapters/dynamodb/observed/dynamo-ledger.ts";
import { DynamoObservations } from "../../../functions/adapters/dynamodb/observed/dynamo-observations.ts";
import { DynamoRefusedUses } from "../../../functions/adapters/dynamodb/observed/dynamo-refused-uses.ts";
import { DynamoRightsCounts } from "../../../functions/adapters/dynamodb/observed/dynamo-rights-counts.ts";
import { DynamoAccountHalts } from "../../../functions/adapters/dynamodb/stops/dynamo-account-halts.ts";
import { DynamoCoolDowns } from "../../../functions/adapters/dynamodb/stops/dynamo-cool-downs.ts";
import { DynamoHalts } from "../../../functions/adapters/dynamodb/stops/dynamo-halts.ts";
import { DynamoPanics } from "../../../functions/adapters/dynamodb/stops/dynamo-panics.ts";
import { DynamoPauses } from "../../../functions/adapters/dynamodb/stops/dynamo-pauses.ts";
import type { DynamoTable } from "../../../functions/adapters/dynamodb/table/dynamo-table.ts";
import type { Key } from "../../../functions/adapters/dynamodb/table/raw-item.ts";
import { DynamoConsents } from "../../../functions/adapters/dynamodb/tasks/dynamo-consents.ts";
import { DynamoTasks } from "../../../functions/adapters/dynamodb/tasks/dynamo-tasks.ts";
import { DynamoTimers } from "../../../functions/adapters/dynamodb/tasks/dynamo-timers.ts";
import { DynamoKeptSessions } from "../../../functions/adapters/dynamodb/tasks/kept-sessions.ts";
import { DynamoSignedCallLog } from "../../../functions/adapters/dynamodb/tasks/signed-call-log.ts";
import type { SealedKind } from "../../../functions/core/seals/record-key.ts";
import { THREATS } from "../../fakes/people/acceptances.ts";

/** Ports by which the functions read the table; the seals are verified with the keys that it has. */
export function portsOver(table: DynamoTable, nowMs: () => number) {
  const clock = { nowMs };
  const seals = publishedSeals(keysInTable(table), nowMs);
  return {
    nowMs,
    item: (key: Key) => table.get(key),
    tasks: new DynamoTasks(table),
    kept: new DynamoKeptSessions(table),
    agents: new DynamoAgents(table, { local: "sub", ci: "sub" }, nowMs),
    approvals: new DynamoApprovals(table),
    ballots: new DynamoBallots(table, nowMs),
    budgets: new DynamoBudgets(table),
    callCounts: new DynamoCallCounts(table),
    signedCalls: new DynamoSignedCallLog(table),
    holds: new DynamoHolds(table),
    consents: new DynamoConsents(table),
    acceptances: new DynamoAcceptances(table, THREATS, nowMs),
    accountHalts: new DynamoAccountHalts(table),
    setConditions: new DynamoConditions(table),
    coolDowns: new DynamoCoolDowns(table, clock),
    pauses: new DynamoPauses(table),
    escalations: new DynamoFoundEscalations(table),
    glasses: new DynamoGlasses(table),
    halts: new DynamoHalts(table),
    heard: new DynamoHeard(table, nowMs),
    rightsCounts: new DynamoRightsCounts(table),
    ledger: new DynamoLedger(table, clock),
    notificationBoard: new DynamoNotificationBoard(table),
    observations: new DynamoObservations(table),
    panics: new DynamoPanics(table, nowMs, undefined),
    pending: new DynamoPendingRevocations(table),
    policyWrites: new DynamoPolicyWrites(table),
    refusals: new DynamoRefusedUses(table, clock),
    loads: new DynamoRoleLoads(table, nowMs),
    roles: new DynamoRoles(table),
    secrets: new DynamoSecretLocks(table, nowMs),
    timers: new DynamoTimers(table),
    seals: keysInTable(table),
    /** Adds to a read record whether its seal is genuine. */
    sealed: async <T extends { readonly seal: string }>(kind: SealedKind, read: T, fields: object) => ({
      ...read,
      isGenuine: await seals.isGenuine(kind, fields, read.seal),
    }),
  };
}
