import { DynamoAcceptances } from "../../../functions/adapters/dynamodb/dynamo-acceptances.ts";
import { DynamoAccountHalts } from "../../../functions/adapters/dynamodb/dynamo-account-halts.ts";
import { DynamoAgents } from "../../../functions/adapters/dynamodb/dynamo-agents.ts";
import { DynamoApprovals } from "../../../functions/adapters/dynamodb/dynamo-approvals.ts";
import { DynamoBallots } from "../../../functions/adapters/dynamodb/dynamo-ballots.ts";
import { DynamoConsents } from "../../../functions/adapters/dynamodb/dynamo-consents.ts";
import { DynamoCoolDowns } from "../../../functions/adapters/dynamodb/dynamo-cool-downs.ts";
import { DynamoFoundEscalations } from "../../../functions/adapters/dynamodb/dynamo-found-escalations.ts";
import { DynamoGlasses } from "../../../functions/adapters/dynamodb/dynamo-glasses.ts";
import { DynamoHalts } from "../../../functions/adapters/dynamodb/dynamo-halts.ts";
import { DynamoHeard } from "../../../functions/adapters/dynamodb/dynamo-heard.ts";
import { DynamoLedger } from "../../../functions/adapters/dynamodb/dynamo-ledger.ts";
import { DynamoNoticeboard } from "../../../functions/adapters/dynamodb/dynamo-noticeboard.ts";
import { DynamoObservations } from "../../../functions/adapters/dynamodb/dynamo-observations.ts";
import { DynamoPanics } from "../../../functions/adapters/dynamodb/dynamo-panics.ts";
import { DynamoPauses } from "../../../functions/adapters/dynamodb/dynamo-pauses.ts";
import { DynamoPendingRevocations } from "../../../functions/adapters/dynamodb/dynamo-pending-revocations.ts";
import { DynamoPolicyWrites } from "../../../functions/adapters/dynamodb/dynamo-policy-writes.ts";
import { DynamoRefusedUses } from "../../../functions/adapters/dynamodb/dynamo-refused-uses.ts";
import { DynamoRoleLoads } from "../../../functions/adapters/dynamodb/dynamo-role-loads.ts";
import { DynamoRoles } from "../../../functions/adapters/dynamodb/dynamo-roles.ts";
import { DynamoSecretLocks } from "../../../functions/adapters/dynamodb/dynamo-secret-locks.ts";
import type { DynamoTable } from "../../../functions/adapters/dynamodb/dynamo-table.ts";
import { DynamoTasks } from "../../../functions/adapters/dynamodb/dynamo-tasks.ts";
import { DynamoTimers } from "../../../functions/adapters/dynamodb/dynamo-timers.ts";
import { keysInTable, publishedSeals } from "../../../functions/adapters/dynamodb/published-seals.ts";
import type { Key } from "../../../functions/adapters/dynamodb/raw-item.ts";
import type { SealedKind } from "../../../functions/core/seals/signet.ts";
import { THREATS } from "../../fakes/fake-acceptances.ts";

/** Ports by which the functions read the table; the seals are verified with the keys that it has. */
export function portsOver(table: DynamoTable, nowMs: () => number) {
  const clock = { nowMs };
  const seals = publishedSeals(keysInTable(table), nowMs);
  return {
    nowMs,
    item: (key: Key) => table.get(key),
    tasks: new DynamoTasks(table),
    agents: new DynamoAgents(table, { local: "sub", ci: "sub" }, nowMs),
    approvals: new DynamoApprovals(table),
    ballots: new DynamoBallots(table, nowMs),
    consents: new DynamoConsents(table),
    acceptances: new DynamoAcceptances(table, THREATS, nowMs),
    accountHalts: new DynamoAccountHalts(table),
    coolDowns: new DynamoCoolDowns(table, clock),
    pauses: new DynamoPauses(table),
    escalations: new DynamoFoundEscalations(table),
    glasses: new DynamoGlasses(table),
    halts: new DynamoHalts(table),
    heard: new DynamoHeard(table, nowMs),
    ledger: new DynamoLedger(table, clock),
    noticeboard: new DynamoNoticeboard(table),
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
