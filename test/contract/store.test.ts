import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TASK_ID } from "../../contract/names.ts";
import { rootIdOf } from "../../contract/task-id.ts";
import { DynamoAcceptances } from "../../functions/adapters/dynamodb/approvals/dynamo-acceptances.ts";
import { DynamoApprovals } from "../../functions/adapters/dynamodb/approvals/dynamo-approvals.ts";
import { DynamoBallots } from "../../functions/adapters/dynamodb/approvals/dynamo-ballots.ts";
import { DynamoGlasses } from "../../functions/adapters/dynamodb/approvals/dynamo-glasses.ts";
import { DynamoNotificationBoard } from "../../functions/adapters/dynamodb/approvals/dynamo-notification-board.ts";
import { DynamoCallCounts } from "../../functions/adapters/dynamodb/budgets/call-counts.ts";
import { DynamoBudgets } from "../../functions/adapters/dynamodb/budgets/dynamo-budgets.ts";
import { DynamoConditions } from "../../functions/adapters/dynamodb/conditions/dynamo-conditions.ts";
import { DynamoHolds } from "../../functions/adapters/dynamodb/holds/dynamo-holds.ts";
import { DynamoAgents } from "../../functions/adapters/dynamodb/identity/dynamo-agents.ts";
import { DynamoJournal } from "../../functions/adapters/dynamodb/journal/dynamo-journal.ts";
import { DynamoPendingRevocations } from "../../functions/adapters/dynamodb/leases/dynamo-pending-revocations.ts";
import { DynamoPolicyWrites } from "../../functions/adapters/dynamodb/leases/dynamo-policy-writes.ts";
import { DynamoRoleLoads } from "../../functions/adapters/dynamodb/leases/dynamo-role-loads.ts";
import { DynamoRoles } from "../../functions/adapters/dynamodb/leases/dynamo-roles.ts";
import { DynamoFoundEscalations } from "../../functions/adapters/dynamodb/observed/dynamo-found-escalations.ts";
import { DynamoHeard } from "../../functions/adapters/dynamodb/observed/dynamo-heard.ts";
import { DynamoLedger } from "../../functions/adapters/dynamodb/observed/dynamo-ledger.ts";
import { DynamoObservations } from "../../functions/adapters/dynamodb/observed/dynamo-observations.ts";
import { DynamoRightsCounts } from "../../functions/adapters/dynamodb/observed/dynamo-rights-counts.ts";
import { DynamoAccountHalts } from "../../functions/adapters/dynamodb/stops/dynamo-account-halts.ts";
import { DynamoHalts } from "../../functions/adapters/dynamodb/stops/dynamo-halts.ts";
import { DynamoPanics } from "../../functions/adapters/dynamodb/stops/dynamo-panics.ts";
import type { DynamoTable } from "../../functions/adapters/dynamodb/table/dynamo-table.ts";
import { httpTable } from "../../functions/adapters/dynamodb/table/http-table-client.ts";
import { DynamoConsents } from "../../functions/adapters/dynamodb/tasks/dynamo-consents.ts";
import { DynamoTasks } from "../../functions/adapters/dynamodb/tasks/dynamo-tasks.ts";
import { DynamoTimers } from "../../functions/adapters/dynamodb/tasks/dynamo-timers.ts";
import { DynamoSignedCallLog } from "../../functions/adapters/dynamodb/tasks/signed-call-log.ts";
import type { JournalEvent } from "../../functions/core/journal/event.ts";
import { KINDS } from "../../functions/names.ts";
import { ITEM_KINDS } from "../../infra/item-kinds.ts";
import { type LocalAccounts, startAccounts } from "../../local/cloud/local-accounts.ts";
import { DYNAMOS, dynamoName } from "../dynamos.ts";
import { FakeCallCounts } from "../fakes/budgets/call-counts.ts";
import { FakeConditions } from "../fakes/conditions/conditions.ts";
import { FakeFoundEscalations } from "../fakes/observed/found-escalations.ts";
import { FakeHeard } from "../fakes/observed/heard.ts";
import { FakeLedger } from "../fakes/observed/ledger.ts";
import { FakeObservations } from "../fakes/observed/observations.ts";
import { FakeRightsCounts } from "../fakes/observed/rights-counts.ts";
import { FakeAcceptances, THREATS } from "../fakes/people/acceptances.ts";
import { FakeApprovals } from "../fakes/people/approvals.ts";
import { FakeConsents } from "../fakes/people/consents.ts";
import { FakeNotificationBoard } from "../fakes/people/notification-board.ts";
import { FakeAccountHalts } from "../fakes/revocation/escalation.ts";
import { FakePanics } from "../fakes/revocation/panics.ts";
import { FakePolicyWrites } from "../fakes/revocation/policy-writes.ts";
import { FakeAgents } from "../fakes/tasks/agents.ts";
import { FakeRoleLoads } from "../fakes/tasks/role-loads.ts";
import { FakeSignedCalls } from "../fakes/tasks/signed-calls.ts";
import { FakeTasks } from "../fakes/tasks/tasks.ts";
import { PATIENT, patientTable } from "../harness/patient-table.ts";
import { TtlWatch } from "../harness/watched-table.ts";
import { acceptancesContract } from "./store/acceptances.contract.ts";
import { accountHaltsContract } from "./store/account-halts.contract.ts";
import { actsContract } from "./store/acts.contract.ts";
import { agentsContract } from "./store/agents.contract.ts";
import { approvalsContract } from "./store/approvals.contract.ts";
import { budgetsContract } from "./store/budgets.contract.ts";
import { callCountsContract } from "./store/call-counts.contract.ts";
import { changingContract } from "./store/changing.contract.ts";
import { conditionsContract } from "./store/conditions.contract.ts";
import { consentsContract } from "./store/consents.contract.ts";
import { delegatingContract } from "./store/delegating.contract.ts";
import { endingContract } from "./store/ending.contract.ts";
import { foundEscalationsContract } from "./store/found-escalations.contract.ts";
import { haltsContract } from "./store/halts.contract.ts";
import { heardContract } from "./store/heard.contract.ts";
import { holdsContract } from "./store/holds.contract.ts";
import { ledgerContract } from "./store/ledger.contract.ts";
import { notificationBoardContract } from "./store/notification-board.contract.ts";
import { openingContract } from "./store/opening.contract.ts";
import { pendingRevocationsContract } from "./store/pending-revocations.contract.ts";
import { personsContract } from "./store/persons.contract.ts";
import { policyWritesContract } from "./store/policy-writes.contract.ts";
import { recordedContract } from "./store/recorded.contract.ts";
import { rightsCountsContract } from "./store/rights-counts.contract.ts";
import { roleLoadsContract } from "./store/role-loads.contract.ts";
import { signedCallsContract } from "./store/signed-calls.contract.ts";
import { type Store, TestedStore } from "./store/tested-store.ts";
import { timersContract } from "./store/timers.contract.ts";
import { writtenAtOnce } from "./store/written-at-once.ts";

const PINS = { robots: "sub", mesh: "sub" };

function inMemory(): Store {
  const tasks = new FakeTasks();
  const agents = new FakeAgents(tasks, PINS, Date.now);
  const panics = new FakePanics();
  const approvals = new FakeApprovals(tasks);
  const accountHalts = new FakeAccountHalts();
  const setConditions = new FakeConditions();
  approvals.isHalted = (account) => accountHalts.halts.has(account);
  const consents = new FakeConsents(tasks);
  const acceptances = new FakeAcceptances(tasks);
  for (const each of [agents, panics, accountHalts, setConditions, consents, acceptances])
    each.useSignIn = approvals.useForAct;
  const events = async (of: string): Promise<readonly JournalEvent[]> =>
    [...tasks.events, ...agents.events, ...panics.events, ...accountHalts.events, ...setConditions.events].filter(
      (event) => event.of === of,
    );
  const haltOf = async (agent: string): Promise<object | undefined> => {
    const halt = agents.halts.get(agent);
    return halt && { at: halt.at, by: halt.by, ttl: halt.at + 2 * 86_400 };
  };
  const freshlyBoundTo: Store["freshlyBoundTo"] = (...given) => agents.withBinding(...given);
  const [policyWrites, ledger] = [new FakePolicyWrites(), new FakeLedger()];
  const loads = new FakeRoleLoads();
  const record = {
    tasks,
    agents,
    journal: tasks,
    roles: tasks,
    timers: tasks,
    pendingRevocations: tasks.pendingRevocations,
  };
  return {
    ...record,
    halts: agents.haltList,
    panics,
    policyWrites,
    observations: new FakeObservations(),
    approvals,
    ballots: approvals,
    accountHalts,
    setConditions,
    foundEscalations: new FakeFoundEscalations(tasks),
    budgets: tasks.budgets,
    callCounts: new FakeCallCounts(),
    signedCalls: new FakeSignedCalls(),
    holds: tasks.holds,
    consents,
    acceptances,
    glasses: approvals,
    ledger,
    heard: new FakeHeard(Date.now),
    rightsCounts: new FakeRightsCounts(),
    freshLoads: () => loads,
    notificationBoard: new FakeNotificationBoard({
      listWaiting: (inbox, nowSeconds) => approvals.listWaiting(inbox, nowSeconds),
      isLive: (task) => tasks.isAlive(task),
      record: async (id) => (await approvals.read(id)).record,
    }),
    events,
    haltOf,
    freshlyBoundTo,
    written: (write) => write({ ...record, policyWrites, ledger }),
  };
}

function inDynamo(accounts: LocalAccounts, tableOver: (name: string) => DynamoTable, watch: TtlWatch): Store {
  accounts.become("tester");
  const table = watch.over(tableOver(accounts.scope.tableName));
  const events = async (of: string): Promise<readonly JournalEvent[]> => {
    const items = TASK_ID.test(of)
      ? (
          await Promise.all(
            [KINDS.journal, KINDS.approvalJournal].map((kind) => table.query(`${kind}${rootIdOf(of)}`, `${of}#EVENT#`)),
          )
        ).flat()
      : await table.query(`${of === "*" ? KINDS.panicJournal : KINDS.agentJournal}${of}`, "EVENT#");
    return items.map(({ pk: _pk, sk: _sk, kind: _kind, ...event }) => event as unknown as JournalEvent);
  };
  return {
    tasks: new DynamoTasks(table),
    agents: new DynamoAgents(table, PINS, Date.now),
    journal: new DynamoJournal(table),
    roles: new DynamoRoles(table),
    timers: new DynamoTimers(table),
    halts: new DynamoHalts(table),
    panics: new DynamoPanics(table, Date.now, undefined),
    policyWrites: new DynamoPolicyWrites(table),
    observations: new DynamoObservations(table),
    pendingRevocations: new DynamoPendingRevocations(table),
    approvals: new DynamoApprovals(table),
    ballots: new DynamoBallots(table, Date.now),
    accountHalts: new DynamoAccountHalts(table),
    setConditions: new DynamoConditions(table),
    foundEscalations: new DynamoFoundEscalations(table),
    budgets: new DynamoBudgets(table),
    callCounts: new DynamoCallCounts(table),
    signedCalls: new DynamoSignedCallLog(table),
    holds: new DynamoHolds(table),
    consents: new DynamoConsents(table),
    acceptances: new DynamoAcceptances(table, THREATS, Date.now),
    glasses: new DynamoGlasses(table),
    notificationBoard: new DynamoNotificationBoard(table),
    ledger: new DynamoLedger(table, { nowMs: Date.now }),
    heard: new DynamoHeard(table, Date.now),
    rightsCounts: new DynamoRightsCounts(table),
    freshLoads: () => new DynamoRoleLoads(table, Date.now),
    events,
    freshlyBoundTo: (...given) => new DynamoAgents(table, PINS, Date.now).withBinding(...given),
    haltOf: async (agent) => {
      const item = await table.get({ pk: KINDS.halt, sk: agent });
      return item && { at: item.at, by: item.by, ttl: item.ttl };
    },
    written: (write) => writtenAtOnce({ table, name: accounts.scope.tableName }, write),
  };
}

/** Small client with the exchange's options. */
const inBatches = (name: string) => httpTable(name, { isBatching: true }, { ...PATIENT, wholeMs: PATIENT.attemptMs });

/**
 * Each DynamoDB and each client once, not every pair. A property compares the answers of the two DynamoDBs
 * (`test/property/dynamodb`). The exchange of every cloud uses the small client over the first of them.
 */
const TABLES = [
  ...DYNAMOS.slice(0, 1).map(
    (dynamo) => [`${dynamoName(dynamo)}, over the SDK`, { dynamo, table: patientTable }] as const,
  ),
  ...DYNAMOS.slice(-1).map(
    (dynamo) => [`${dynamoName(dynamo)}, over the small client`, { dynamo, table: inBatches }] as const,
  ),
];

/** Contract of every record, for the fake and for the table. */
describe.each([["memory", undefined] as const, ...TABLES])("the record in %s", (_, where) => {
  let store: TestedStore;
  let accounts: LocalAccounts | undefined;
  const watch = new TtlWatch();
  beforeAll(async () => {
    if (where) accounts = await startAccounts(Date.now, undefined, where.dynamo);
    store = new TestedStore(accounts && where ? inDynamo(accounts, where.table, watch) : inMemory());
  });
  afterAll(() => accounts?.close());
  const contracts = [
    openingContract,
    budgetsContract,
    callCountsContract,
    signedCallsContract,
    holdsContract,
    changingContract,
    delegatingContract,
    endingContract,
    recordedContract,
    pendingRevocationsContract,
    personsContract,
    consentsContract,
    acceptancesContract,
    timersContract,
    actsContract,
    agentsContract,
    haltsContract,
    accountHaltsContract,
    conditionsContract,
    foundEscalationsContract,
    policyWritesContract,
    approvalsContract,
    notificationBoardContract,
    ledgerContract,
    heardContract,
    rightsCountsContract,
    roleLoadsContract,
  ];
  for (const contract of contracts) contract(() => store);

  if (where)
    it("gives an item a TTL, or none, as the row of its kind says", () => {
      const { expiring, lasting } = watch;
      expect([...expiring].filter((kind) => ITEM_KINDS[kind].expires === "never")).toEqual([]);
      expect([...lasting].filter((kind) => ITEM_KINDS[kind].expires === "always")).toEqual([]);
      expect(new Set([...expiring, ...lasting]).size).toBeGreaterThan(30);
    });
});
