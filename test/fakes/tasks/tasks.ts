import type { ConsentRef } from "../../../functions/core/consents/consent.ts";
import { defined } from "../../../functions/core/defined.ts";
import type { Delegation } from "../../../functions/core/delegation/delegation.ts";
import type { Hold } from "../../../functions/core/holds/holds.ts";
import { type Person, personId } from "../../../functions/core/identity/person.ts";
import type { PersonCut, PersonEnding, PersonsTask } from "../../../functions/core/identity/persons-task.ts";
import type { JournalEvent } from "../../../functions/core/journal/event.ts";
import type { Journal } from "../../../functions/core/journal/journal.ts";
import { consentOf } from "../../../functions/core/people/on-behalf.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import { type RoleEntry, roleEntries } from "../../../functions/core/revocation/role-entry.ts";
import type { RoleRef, RoleSnapshot, Roles } from "../../../functions/core/revocation/roles.ts";
import { ancestorsOf, rootOf, type TaskPath } from "../../../functions/core/task-path.ts";
import type { ConnectorLease } from "../../../functions/core/tasks/connector-lease.ts";
import {
  dueMinute,
  type Ending,
  firstLookMinute,
  needsTimer,
  type OpenEnding,
  type Presentation,
  type SessionLease,
  type Task,
  type TaskToken,
} from "../../../functions/core/tasks/task.ts";
import type {
  DelegationUse,
  EndedPage,
  Idempotency,
  KeptSession,
  LiveToken,
  NearTasks,
  Opened,
  Remembered,
  TaskRecord,
  Tasks,
  TokenUse,
} from "../../../functions/core/tasks/tasks.ts";
import type { Timer, Timers } from "../../../functions/core/tasks/timers.ts";
import { FakeBudgets } from "../budgets/budgets.ts";
import { CheckedEvents } from "../checked-events.ts";
import { FakeHolds } from "../holds/holds.ts";
import { FakePendingRevocations } from "../revocation/pending-revocations.ts";
import { FakeKeptSessions } from "../secrets/session-vault.ts";
import { plainCopy } from "../world/plain-copy.ts";
import { FakePersonsTasks } from "./persons-tasks.ts";
import { FakeRole } from "./role.ts";

/** Fake record of tasks, in memory, with the table's conditions. The contract suite compares it with the adapter. */
export class FakeTasks implements Tasks, Timers, Journal, Roles {
  readonly tasks = new Map<string, Task>();
  readonly events: JournalEvent[] = new CheckedEvents();
  readonly live = new Map<string, Set<TaskPath>>();
  readonly endings = new Map<TaskPath, OpenEnding>();
  readonly #roles = new Map<string, FakeRole>();
  /** Number of a role's latest ended tasks that a snapshot contains, however long ago they ended. */
  mostEnded = 200;
  /** Paths by their root, so that subtrees among ten thousand tasks are found quickly. */
  readonly #trees = new Map<string, Set<TaskPath>>();
  /** Due lists, by minute. */
  readonly timers = new Map<number, Map<TaskPath, Timer>>();
  swept: number | undefined;
  readonly persons = new FakePersonsTasks();
  readonly budgets = new FakeBudgets();
  readonly pendingRevocations = new FakePendingRevocations();
  readonly holds = new FakeHolds(this.pendingRevocations);
  /** Sessions that stay in the hub. */
  readonly kept = new FakeKeptSessions();
  /** Every recorded AccessKeyId. A key must be recorded before it is handed out. */
  readonly confirmed = new Set<string>();
  /** True for a token that was used for a task. */
  readonly isUsed = ({ issuer, id }: TokenUse): boolean => this.#uses.has(`${issuer}#${id}`);
  readonly #uses = new Map<string, { task: TaskPath; count: number }>();
  /** Presentation and delegation tokens that live, by `path#hash`. */
  readonly liveTokens = new Map<string, LiveToken>();
  readonly #delegated = new Map<string, TaskPath>();
  readonly #requests = new Map<string, { hash: string; task: TaskPath; isAnswered?: boolean }>();
  /** True for a live consent, under which a task may be opened. */
  isConsented: (consent: ConsentRef) => boolean = () => true;
  /** Records the opening or prolongation of a task under the consent. */
  useConsent: (consent: ConsentRef, usedAt: number) => void = () => undefined;
  /** Hook before each method: throws to simulate an outage, or runs code between two steps of another request. */
  before: (method: string) => void | Promise<void> = () => undefined;

  async isTokenUsed({ issuer, id, cap }: TokenUse): Promise<boolean> {
    await this.before("isTokenUsed");
    return (this.#uses.get(`${issuer}#${id}`)?.count ?? 0) >= cap;
  }

  async read(path: TaskPath): Promise<Task | undefined> {
    await this.before("read");
    const task = this.tasks.get(path);
    return task && plainCopy(task);
  }

  async isAlive(task: Pick<Task, "path" | "agent" | "onBehalf">): Promise<boolean> {
    await this.before("isAlive");
    return (this.live.get(task.agent)?.has(task.path) ?? false) && this.persons.isProven(task);
  }

  async openedFor(person: Person): Promise<readonly PersonsTask[]> {
    await this.before("openedFor");
    return this.persons.of(person);
  }

  async cut(person: Person, cut: PersonCut, event: JournalEvent): Promise<boolean> {
    await this.before("cut");
    const isCut = this.persons.cut(person, cut);
    if (isCut) this.events.push(event);
    return isCut;
  }

  async openPersonEndings(): Promise<readonly PersonEnding[]> {
    await this.before("openPersonEndings");
    return [...this.persons.endings.values()];
  }

  async closePersonEnding({ person, deadUntil }: Pick<PersonEnding, "person" | "deadUntil">): Promise<void> {
    await this.before("closePersonEnding");
    if (this.persons.endings.get(personId(person))?.deadUntil === deadUntil)
      this.persons.endings.delete(personId(person));
  }

  async voidVotes(person: Person, cut: PersonCut, event: JournalEvent): Promise<boolean> {
    await this.before("voidVotes");
    const isCut = this.persons.voidVotes(person, cut);
    if (isCut) this.events.push(event);
    return isCut;
  }

  async open(
    task: Task,
    event: JournalEvent,
    use: TokenUse,
    idempotency: Idempotency | undefined,
    delegation?: DelegationUse,
    { spendings = [], holds = [] }: Remembered = {},
    /** False simulates that another write of the same transaction fails. */
    isFree = true,
  ): Promise<Opened> {
    await this.before("open");
    const request = idempotency && nameOfRequest(idempotency);
    const first = request === undefined ? undefined : this.#requests.get(request);
    if (first && first.task !== idempotency?.replaces) {
      if (first.hash !== idempotency?.requestHash) throw new Refusal("idempotency_conflict");
      return { repeats: first.task };
    }
    if (first && first.hash !== idempotency?.requestHash) throw new Refusal("idempotency_conflict");
    if (first?.isAnswered) throw new Refusal("task_ended");
    if (!usesOf(use).every((each) => this.#mayUse(each, idempotency?.replaces ?? task.path)))
      throw new Refusal("token_replayed");
    if (delegation && !this.#mayDelegate(delegation, task, idempotency?.replaces))
      throw new Refusal("delegation_token_invalid");
    if (!this.persons.isProven(task)) throw new Refusal("person_ended");
    const consent = consentOf(task.onBehalf);
    if (consent && !this.isConsented(consent)) throw new Refusal("consent_ended");
    if (this.tasks.has(task.path) || !isFree) throw new Refusal("contended");
    this.budgets.check(spendings);
    this.budgets.write(spendings);
    this.holds.write(holds);
    if (consent) this.useConsent(consent, task.openedAt);
    for (const each of usesOf(use)) this.#use(each, task.path);
    if (delegation) this.#useDelegation(delegation, task);
    if (request) this.#requests.set(request, { hash: idempotency?.requestHash ?? "", task: task.path });
    this.tasks.set(task.path, plainCopy(task));
    this.events.push(event);
    this.#trees.set(rootOf(task.path), (this.#trees.get(rootOf(task.path)) ?? new Set()).add(task.path));
    this.live.set(task.agent, (this.live.get(task.agent) ?? new Set()).add(task.path));
    if (needsTimer(task)) this.#setTimer({ path: task.path, minute: firstLookMinute(task), tries: 0 });
    this.#setRoles(task, task.leases);
    this.persons.add(task);
    for (const presentation of task.presentations) this.#list(task.path, presentation);
    for (const lease of task.connectorLeases ?? []) this.pendingRevocations.planned(plainCopy(lease));
    return { opened: true };
  }

  async earlier(request: Idempotency): Promise<TaskPath | undefined> {
    await this.before("earlier");
    const first = this.#requests.get(nameOfRequest(request));
    if (first && first.hash !== request.requestHash) throw new Refusal("idempotency_conflict");
    return first?.task === request.replaces ? undefined : first?.task;
  }

  async confirm(
    path: TaskPath,
    leases: readonly SessionLease[],
    issued: readonly ConnectorLease[] = [],
    request?: Idempotency,
    kept: readonly KeptSession[] = [],
  ): Promise<void> {
    await this.before("confirm");
    const task = this.tasks.get(path);
    const isSame = leases.every((lease) =>
      task?.leases.some((own) => own.name === lease.name && own.event === lease.event),
    );
    if (task?.status === "withdrawn") throw new Refusal("contended");
    if (task?.status !== "active") throw new Refusal("task_ended");
    if (!isSame || !issued.every((lease) => this.pendingRevocations.isStill(lease, "issuing")))
      throw new Refusal("contended");
    const asked = request && this.#requests.get(nameOfRequest(request));
    if (request && asked?.task !== path) throw new Refusal("contended");
    if (asked) asked.isAnswered = true;
    for (const lease of issued) this.pendingRevocations.confirmed(plainCopy(lease));
    for (const session of kept) this.kept.put(path, plainCopy(session));
    for (const { accessKeyId } of leases) if (accessKeyId) this.confirmed.add(accessKeyId);
    this.tasks.set(path, {
      ...task,
      confirmed: true,
      leases: task.leases.map((own) => leases.find(({ name }) => name === own.name) ?? own),
      ...connectedOf(task, plainCopy(issued)),
    });
  }

  async answer(path: TaskPath, request: Idempotency): Promise<void> {
    await this.before("answer");
    const asked = this.#requests.get(nameOfRequest(request));
    if (asked?.task === path) asked.isAnswered = true;
  }

  async unanswer(path: TaskPath, request: Idempotency): Promise<void> {
    await this.before("unanswer");
    const asked = this.#requests.get(nameOfRequest(request));
    if (asked?.task === path) asked.isAnswered = false;
  }

  async reissue(
    task: Task,
    leases: readonly ConnectorLease[],
    event: JournalEvent,
    holds: readonly Hold[] = [],
  ): Promise<void> {
    await this.before("reissue");
    this.#change(task, event, (own) => ({ ...own, ...connectedOf(own, plainCopy(leases)) }));
    for (const lease of leases) this.pendingRevocations.planned(plainCopy(lease));
    this.holds.write(holds);
  }

  async recordRevoked(task: Task, lease: ConnectorLease, event: JournalEvent): Promise<void> {
    await this.before("recordRevoked");
    const own = this.tasks.get(task.path);
    if (own?.chain.n !== task.chain.n || !this.pendingRevocations.isStill(lease, lease.state))
      throw new Refusal("contended");
    const { sealed: _, ...rest } = lease;
    const revoked = { ...rest, state: "revoked", revokedAt: Math.floor(event.at / 1_000) } as const;
    const chain = { n: event.n, hash: event.hash };
    this.tasks.set(task.path, { ...own, ...connectedOf(own, [revoked]), chain });
    this.pendingRevocations.gone(lease);
    this.events.push(event);
  }

  async addToken(task: Task, token: TaskToken, event: JournalEvent, use: TokenUse): Promise<void> {
    await this.before("addToken");
    if (!usesOf(use).every((each) => this.#mayUse(each, task.path))) throw new Refusal("token_replayed");
    this.#change(task, event, (own) => ({ ...own, tokens: [...own.tokens, token] }));
    for (const each of usesOf(use)) this.#use(each, task.path);
  }

  async prolong(task: Task, event: JournalEvent, use: TokenUse): Promise<void> {
    await this.before("prolong");
    const { onBehalf, expiresAt, seal } = task;
    const consent = consentOf(onBehalf);
    if (!onBehalf) throw new RangeError("a task of nobody is not prolonged");
    if (!usesOf(use).every((each) => this.#mayUse(each, task.path))) throw new Refusal("token_replayed");
    if (!this.persons.isProven(task)) throw new Refusal("person_ended");
    if (consent && !this.isConsented(consent)) throw new Refusal("consent_ended");
    this.#change(task, event, (own) => ({ ...own, onBehalf, expiresAt, seal }));
    if (consent) this.useConsent(consent, Math.floor(event.at / 1_000));
    this.#setDeadline(task);
    for (const each of usesOf(use)) this.#use(each, task.path);
  }

  async addPresentation(task: Task, presentation: Presentation, event: JournalEvent): Promise<void> {
    await this.before("addPresentation");
    this.#change(task, event, (own) => ({ ...own, presentations: [...own.presentations, presentation] }));
    this.#list(task.path, presentation);
  }

  async findToken(path: TaskPath, hash: string): Promise<LiveToken | undefined> {
    await this.before("findToken");
    return this.liveTokens.get(`${path}#${hash}`);
  }

  #list(path: TaskPath, token: Presentation | Delegation): void {
    const of = "server" in token ? { server: token.server } : { agent: token.agent };
    if (token.listed) this.liveTokens.set(`${path}#${token.hash}`, of);
  }

  async removePresentation(task: Task, hash: string, event: JournalEvent): Promise<void> {
    await this.before("removePresentation");
    this.#change(task, event, (own) => ({
      ...own,
      presentations: own.presentations.filter((each) => each.hash !== hash),
    }));
    this.liveTokens.delete(`${task.path}#${hash}`);
  }

  async addDelegation(
    task: Task,
    delegation: Delegation,
    spent: readonly string[],
    event: JournalEvent,
  ): Promise<void> {
    await this.before("addDelegation");
    this.#change(task, event, (own) => ({
      ...own,
      delegations: [...own.delegations.filter(({ hash }) => !spent.includes(hash)), delegation],
      hasDelegated: true,
    }));
    this.#list(task.path, delegation);
  }

  async removeDelegation(task: Task, hash: string, event: JournalEvent): Promise<void> {
    await this.before("removeDelegation");
    this.#change(task, event, (own) => ({ ...own, delegations: own.delegations.filter((each) => each.hash !== hash) }));
    this.liveTokens.delete(`${task.path}#${hash}`);
  }

  async renew(task: Task, lease: SessionLease, event: JournalEvent, holds: readonly Hold[] = []): Promise<void> {
    await this.before("renew");
    const recorded = this.tasks.get(task.path)?.leases.find(({ name }) => name === lease.name)?.accessKeyId;
    if (recorded !== undefined && recorded !== lease.earlierKeyIds?.at(-1)) throw new Refusal("contended");
    this.#change(task, event, (own) => ({
      ...own,
      leases: own.leases.map((each) => (each.name === lease.name ? lease : each)),
      seal: task.seal,
    }));
    const inRole = task.leases.filter(({ account, role }) => account === lease.account && role === lease.role);
    this.#setRoles(task, [...inRole, lease]);
    this.holds.write(holds);
  }

  /** True where the task can be changed: active, unchanged since it was read, and in the list of live tasks. */
  isChangeable(task: Task): boolean {
    const own = this.tasks.get(task.path);
    const isListed = this.live.get(task.agent)?.has(task.path) ?? false;
    return own?.status === "active" && own.chain.n === task.chain.n && isListed;
  }

  /** Gives a waiting task its approved leases, as `ApprovalRequests.use` does in its transaction. */
  giveLeases(before: Task, after: Task, event: JournalEvent): void {
    const { details, leases, connectorLeases, openedAt, expiresAt, movesUntil, seal } = plainCopy(after);
    const given = {
      details,
      leases,
      openedAt,
      expiresAt,
      seal,
      ...defined({ movesUntil }),
      ...(connectorLeases ? { connectorLeases } : {}),
    };
    this.#change(before, event, (own) => ({ ...own, ...given }));
    this.#setDeadline(after);
    for (const lease of connectorLeases ?? []) this.pendingRevocations.planned(lease);
  }

  /** Adds an event to a task's chain, under the condition of every change. */
  addEvent(task: Task, event: JournalEvent): void {
    this.#change(task, event, (own) => own);
  }

  async end(task: Task, ending: Ending, event: JournalEvent): Promise<void> {
    await this.before("end");
    const isConfirmed = this.tasks.get(task.path)?.confirmed === true;
    if (ending.status === "withdrawn" && isConfirmed && !task.confirmed) throw new Refusal("contended");
    this.#change(task, event, (own) => ({ ...own, ...ending }));
    this.live.get(task.agent)?.delete(task.path);
    this.kept.removeAll(task.path);
    this.#setRoles(task, task.leases, ending.endedAt);
    const { path, agent } = task;
    if (task.hasDelegated) this.endings.set(path, { path, agent, status: ending.status });
  }

  async openEndings(agent?: string): Promise<readonly OpenEnding[]> {
    await this.before("openEndings");
    return [...this.endings.values()].filter((each) => agent === undefined || each.agent === agent);
  }

  async closeEnding({ path }: Pick<OpenEnding, "path">): Promise<void> {
    await this.before("closeEnding");
    this.endings.delete(path);
  }

  async ended(agent: string, before: string | undefined, most: number): Promise<EndedPage> {
    await this.before("ended");
    const marks = [...this.tasks.values()]
      .filter((task) => task.agent === agent && !["active", "withdrawn"].includes(task.status))
      .map(({ endedAt, path }) => `${String(endedAt).padStart(10, "0")}#${path}`)
      .filter((mark) => before === undefined || mark < before)
      .toSorted()
      .toReversed();
    const page = marks.slice(0, most);
    const last = page.at(-1);
    const next = last !== undefined && marks.length > most ? { next: last } : {};
    return { paths: page.map((mark) => mark.slice(11) as TaskPath), ...next };
  }

  async below(path: TaskPath): Promise<readonly TaskPath[]> {
    await this.before("below");
    const tree = [...(this.#trees.get(rootOf(path)) ?? [])];
    return this.inOrder(
      tree.filter((each) => each !== path && each.startsWith(path) && this.tasks.get(each)?.status === "active"),
    );
  }

  /** Sorts paths by the second of their opening, then by path. */
  inOrder(paths: readonly TaskPath[]): readonly TaskPath[] {
    const openedAt = (path: TaskPath): number => this.tasks.get(path)?.openedAt ?? 0;
    return paths.toSorted((one, other) => openedAt(one) - openedAt(other) || (one < other ? -1 : 1));
  }

  async opening(path: TaskPath): Promise<JournalEvent | undefined> {
    await this.before("opening");
    return this.events.find(({ of, n }) => of === path && n === 1);
  }

  async near(path: TaskPath, most: number): Promise<NearTasks> {
    await this.before("near");
    const paths = [...(this.#trees.get(rootOf(path)) ?? [])].sort();
    const [above, below] = [ancestorsOf(path), paths.filter((each) => each.startsWith(path))];
    const nearest = [...new Set([...above, ...below, ...paths])].slice(0, most).sort();
    const tasks = nearest.flatMap((each) => this.tasks.get(each) ?? []);
    return plainCopy({ tasks, more: paths.length > most });
  }

  async history(path: TaskPath, latest = Number.POSITIVE_INFINITY): Promise<readonly JournalEvent[]> {
    await this.before("history");
    const own = this.events.filter(({ of }) => of === path);
    return plainCopy(own.slice(Math.max(0, own.length - latest)));
  }

  async record(path: TaskPath): Promise<TaskRecord> {
    await this.before("record");
    const paths = [...(this.#trees.get(rootOf(path)) ?? [])].filter((each) => each.startsWith(path)).sort();
    const tasks = paths.flatMap((each) => this.tasks.get(each) ?? []);
    return plainCopy({ tasks, events: paths.flatMap((each) => this.events.filter(({ of }) => of === each)) });
  }

  async due(minute: number): Promise<readonly Timer[]> {
    await this.before("due");
    return [...(this.timers.get(minute)?.values() ?? [])];
  }

  async move(timer: Timer, to: Pick<Timer, "minute" | "tries">): Promise<void> {
    await this.before("move");
    this.timers.get(timer.minute)?.delete(timer.path);
    this.#setTimer({ ...to, path: timer.path });
  }

  async remove({ minute, path }: Timer): Promise<void> {
    await this.before("remove");
    this.timers.get(minute)?.delete(path);
  }

  async sweptTo(): Promise<number | undefined> {
    await this.before("sweptTo");
    return this.swept;
  }

  async setSweptTo(minute: number, wrong?: number): Promise<void> {
    await this.before("setSweptTo");
    if (this.swept === undefined || this.swept < minute || this.swept === wrong) this.swept = minute;
  }

  async append(event: JournalEvent): Promise<void> {
    await this.before("append");
    if (this.events.some(({ of, n }) => of === event.of && n === event.n)) throw new Refusal("contended");
    this.events.push(event);
  }

  async snapshot(role: RoleRef, nowSeconds: number): Promise<RoleSnapshot> {
    await this.before("snapshot");
    return this.#role(role).snapshot(nowSeconds);
  }

  async issued(role: RoleRef, atSeconds: number): Promise<readonly RoleEntry[]> {
    await this.before("issued");
    return this.#role(role).all(atSeconds);
  }

  async living(role: RoleRef): Promise<readonly RoleEntry[]> {
    await this.before("living");
    return this.#role(role).living();
  }

  async forget(role: RoleRef, path: TaskPath): Promise<void> {
    await this.before("forget");
    this.#role(role).forget(path);
  }

  /** Adds entries as if the role had opened and ended tasks. */
  putEntries(role: RoleRef, entries: readonly RoleEntry[]): void {
    for (const { endedAt, ...entry } of entries)
      if (endedAt === undefined) this.#role(role).issued(entry);
      else this.#role(role).ended(entry, endedAt);
  }

  #role({ account, role }: RoleRef): FakeRole {
    const name = `${account}#${role}`;
    const known = this.#roles.get(name) ?? new FakeRole(this.mostEnded);
    this.#roles.set(name, known);
    return known;
  }

  #change(task: Task, event: JournalEvent, change: (own: Task) => Task): void {
    const own = this.tasks.get(task.path);
    if (own?.status !== "active" || own.chain.n !== task.chain.n) throw new Refusal("contended");
    this.tasks.set(task.path, { ...change(own), chain: { n: event.n, hash: event.hash } });
    this.events.push(event);
  }

  #setDeadline(task: Task): void {
    if (needsTimer(task)) this.#setTimer({ path: task.path, minute: dueMinute(task.expiresAt), tries: 0 });
    else this.#setRoles(task, task.leases);
  }

  #setTimer(timer: Timer): void {
    const list = this.timers.get(timer.minute) ?? new Map<TaskPath, Timer>();
    this.timers.set(timer.minute, list.set(timer.path, timer));
  }

  #setRoles(task: Task, leases: readonly SessionLease[], endedAt?: number): void {
    for (const { account, role, entry } of roleEntries(task, leases))
      if (endedAt === undefined) this.#role({ account, role }).issued(entry);
      else this.#role({ account, role }).ended(entry, endedAt, task.hasDelegated);
  }

  #mayDelegate({ parent, hash, agent, listed }: DelegationUse, child: Task, replaced: TaskPath | undefined): boolean {
    const above = this.tasks.get(parent);
    const known = above?.delegations.find((each) => each.hash === hash);
    if (above?.status !== "active" || known?.agent !== agent || known.expiresAt <= child.openedAt) return false;
    if (listed && !this.liveTokens.has(`${parent}#${hash}`)) return false;
    const used = this.#delegated.get(`${parent}#${hash}`);
    return [known.child, used].every((before) => before === undefined || before === replaced);
  }

  #useDelegation({ parent, hash }: DelegationUse, { path: child, openedAt: usedAt }: Task): void {
    const above = this.tasks.get(parent);
    if (!above) return;
    const delegations = above.delegations.map(({ details, ...each }) =>
      each.hash === hash ? { ...each, child, usedAt } : { ...each, ...(details ? { details } : {}) },
    );
    this.tasks.set(parent, { ...above, delegations });
    this.#delegated.set(`${parent}#${hash}`, child);
  }

  #mayUse(use: TokenUse, path: TaskPath): boolean {
    const known = this.#uses.get(`${use.issuer}#${use.id}`);
    return known === undefined || known.count < use.cap || known.task === path;
  }

  #use(use: TokenUse, path: TaskPath): void {
    const name = `${use.issuer}#${use.id}`;
    const known = this.#uses.get(name);
    this.#uses.set(name, { task: path, count: (known?.count ?? 0) + 1 });
  }
}

const connectedOf = (
  { connectorLeases }: Task,
  changed: readonly ConnectorLease[],
): Pick<Task, "connectorLeases"> | undefined =>
  connectorLeases && {
    connectorLeases: connectorLeases.map((own) => changed.find(({ name }) => name === own.name) ?? own),
  };

const usesOf = (use: TokenUse): readonly TokenUse[] => [use, ...(use.beside ? [use.beside] : [])];

const nameOfRequest = ({ agent, subject, key }: Idempotency): string => JSON.stringify([agent, subject, key]);
