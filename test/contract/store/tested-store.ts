import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import type { RefusalCode } from "../../../contract/refusals.ts";
import type { ApprovalRequests } from "../../../functions/core/approvals/approvals.ts";
import type { Ballots } from "../../../functions/core/approvals/ballots.ts";
import type { Glasses } from "../../../functions/core/approvals/break-glass.ts";
import type { NotificationBoard } from "../../../functions/core/approvals/notification-board.ts";
import type { Budgets } from "../../../functions/core/budgets/budgets.ts";
import type { CallCounts } from "../../../functions/core/budgets/calls.ts";
import type { ConditionStore } from "../../../functions/core/conditions/conditions.ts";
import type { GivenConsents } from "../../../functions/core/consents/consents.ts";
import type { AccountHalts } from "../../../functions/core/escalation/account-halt.ts";
import type { FoundEscalations } from "../../../functions/core/escalation/found-escalation.ts";
import type { Holds } from "../../../functions/core/holds/holds.ts";
import type { Agents } from "../../../functions/core/identity/agents.ts";
import type { BoundAgent } from "../../../functions/core/identity/bindings.ts";
import type { SignIn } from "../../../functions/core/identity/sign-in.ts";
import type { JournalEvent } from "../../../functions/core/journal/event.ts";
import type { Journal } from "../../../functions/core/journal/journal.ts";
import type { Heard } from "../../../functions/core/ledger/heard.ts";
import type { Ledger } from "../../../functions/core/ledger/ledger.ts";
import type { RightsCounts } from "../../../functions/core/ledger/rights-count.ts";
import type { Halts } from "../../../functions/core/revocation/halt.ts";
import type { RoleLoads } from "../../../functions/core/revocation/load.ts";
import type { Observations } from "../../../functions/core/revocation/observation.ts";
import type { Panics } from "../../../functions/core/revocation/panic.ts";
import type { PolicyWrites } from "../../../functions/core/revocation/policy-writes.ts";
import type { RoleEntry } from "../../../functions/core/revocation/role-entry.ts";
import type { Roles } from "../../../functions/core/revocation/roles.ts";
import type { SignedCallLog } from "../../../functions/core/signing/signed-calls.ts";
import type { TaskPath } from "../../../functions/core/task-path.ts";
import type { PendingRevocations } from "../../../functions/core/tasks/pending-revocation.ts";
import type { Task } from "../../../functions/core/tasks/task.ts";
import type { Tasks } from "../../../functions/core/tasks/tasks.ts";
import type { Timers } from "../../../functions/core/tasks/timers.ts";
import type { GivenAcceptances } from "../../../functions/core/threat/acceptances.ts";
import { aTask, aUse, NOW, ROLE } from "../../fakes/samples/task.ts";

/** The record behind its ports, and access to its journal that no function has. */
export interface Store {
  readonly tasks: Tasks;
  readonly agents: Agents;
  readonly journal: Journal;
  readonly roles: Roles;
  readonly timers: Timers;
  readonly halts: Halts;
  readonly panics: Panics;
  readonly policyWrites: PolicyWrites;
  readonly observations: Observations;
  readonly pendingRevocations: PendingRevocations;
  readonly approvals: ApprovalRequests;
  readonly ballots: Ballots;
  readonly glasses: Glasses;
  readonly notificationBoard: NotificationBoard;
  readonly ledger: Ledger;
  readonly heard: Heard;
  readonly rightsCounts: RightsCounts;
  readonly accountHalts: AccountHalts;
  readonly setConditions: ConditionStore;
  readonly foundEscalations: FoundEscalations;
  readonly budgets: Budgets;
  readonly callCounts: CallCounts;
  readonly signedCalls: SignedCallLog;
  readonly holds: Holds;
  readonly consents: GivenConsents;
  readonly acceptances: GivenAcceptances;
  /** Loads of roles, as a freshly started function reads them. */
  freshLoads(): RoleLoads;
  /** Events of a task's path or an agent's id, in order. */
  events(of: string): Promise<readonly JournalEvent[]>;
  /** Entry of an agent in the list of the halted. */
  haltOf(agent: string): Promise<object | undefined>;
  /** Agents that a freshly started function finds. */
  freshlyBoundTo(issuer: string, pinned: string): Promise<readonly BoundAgent[]>;
  /** Writes hundreds of records that a case only reads. Records must not share an item. */
  written(write: (into: Pick<Store, "tasks" | "policyWrites" | "ledger">) => Promise<void>): Promise<void>;
}

/** A store under test. Every case makes tasks and agents of its own, so that one table serves them all. */
export class TestedStore {
  readonly tasks: Tasks;
  readonly agents: Agents;
  readonly journal: Journal;
  readonly roles: Roles;
  readonly timers: Timers;
  readonly halts: Halts;
  readonly panics: Panics;
  readonly policyWrites: PolicyWrites;
  readonly observations: Observations;
  readonly pendingRevocations: PendingRevocations;
  readonly approvals: ApprovalRequests;
  readonly ballots: Ballots;
  readonly glasses: Glasses;
  readonly notificationBoard: NotificationBoard;
  readonly ledger: Ledger;
  readonly heard: Heard;
  readonly rightsCounts: RightsCounts;
  readonly freshLoads: () => RoleLoads;
  readonly accountHalts: AccountHalts;
  readonly setConditions: ConditionStore;
  readonly foundEscalations: FoundEscalations;
  readonly budgets: Budgets;
  readonly callCounts: CallCounts;
  readonly signedCalls: SignedCallLog;
  readonly holds: Holds;
  readonly consents: GivenConsents;
  readonly acceptances: GivenAcceptances;
  readonly events: Store["events"];
  readonly haltOf: Store["haltOf"];
  readonly freshlyBoundTo: Store["freshlyBoundTo"];
  readonly written: Store["written"];

  constructor(store: Store) {
    const { tasks, agents, journal, roles, timers, halts, panics, policyWrites, observations, pendingRevocations } =
      store;
    const { events, haltOf, freshlyBoundTo } = store;
    this.tasks = tasks;
    this.agents = agents;
    this.journal = journal;
    this.roles = roles;
    this.timers = timers;
    this.halts = halts;
    this.panics = panics;
    this.policyWrites = policyWrites;
    this.observations = observations;
    this.pendingRevocations = pendingRevocations;
    this.approvals = store.approvals;
    this.notificationBoard = store.notificationBoard;
    this.ledger = store.ledger;
    this.heard = store.heard;
    this.rightsCounts = store.rightsCounts;
    this.freshLoads = () => store.freshLoads();
    this.accountHalts = store.accountHalts;
    this.setConditions = store.setConditions;
    this.foundEscalations = store.foundEscalations;
    this.budgets = store.budgets;
    this.callCounts = store.callCounts;
    this.signedCalls = store.signedCalls;
    this.holds = store.holds;
    this.consents = store.consents;
    this.acceptances = store.acceptances;
    this.ballots = store.ballots;
    this.glasses = store.glasses;
    this.events = events;
    this.haltOf = haltOf;
    this.freshlyBoundTo = freshlyBoundTo;
    this.written = store.written;
  }

  /** Opens a task, and returns it as it is read from the store. */
  async opened(changed: Partial<Task> = {}): Promise<Task> {
    const { task, event } = aTask(changed);
    await this.tasks.open(task, event, aUse(), undefined);
    return this.reread(task);
  }

  async reread({ path }: Pick<Task, "path">): Promise<Task> {
    const task = await this.tasks.read(path);
    if (!task) throw new Error("the task is gone");
    return task;
  }

  live({ agent }: Pick<Task, "agent">): Promise<readonly TaskPath[]> {
    return this.agents.liveTasks(agent);
  }

  /** Entry of the task in its role, for a reader at that moment. */
  async entryOf({ path }: Pick<Task, "path">, role = ROLE, nowSeconds = NOW): Promise<RoleEntry | undefined> {
    const { entries } = await this.roles.snapshot(role, nowSeconds);
    const found = entries.filter((entry) => entry.path === path);
    expect(found.length).toBeLessThanOrEqual(1);
    return found[0];
  }
}

export const refused = (code: RefusalCode): object => expect.objectContaining({ name: "Refusal", code });

/** Makes a sign-in that nothing has used. */
export const aSignIn = (): SignIn => ({
  person: { issuer: "staff", value: `person-${randomBytes(6).toString("hex")}` },
  signedInAt: NOW,
  nonce: randomBytes(32).toString("base64url"),
});
