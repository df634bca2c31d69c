import type { AgentId } from "../../../../contract/agent-id.ts";
import type { Delegation } from "../../../core/delegation/delegation.ts";
import type { Hold } from "../../../core/holds/holds.ts";
import type { Person } from "../../../core/identity/person.ts";
import type { PersonCut, PersonEnding, PersonsTask } from "../../../core/identity/persons-task.ts";
import type { JournalEvent } from "../../../core/journal/event.ts";
import { isTaskPath, type TaskPath } from "../../../core/task-path.ts";
import type { ConnectorLease } from "../../../core/tasks/connector-lease.ts";
import type { Ending, OpenEnding, Presentation, SessionLease, Task, TaskToken } from "../../../core/tasks/task.ts";
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
} from "../../../core/tasks/tasks.ts";
import { recordOf } from "../table/dynamo-item.ts";
import { inOrder, journalPartition, keys, taskPartition, treePartition } from "../table/dynamo-keys.ts";
import type { DynamoTable } from "../table/dynamo-table.ts";
import type { Item } from "../table/raw-item.ts";
import { findToken, listingWrites, unlistingWrite } from "./live-tokens.ts";
import { nearTasks } from "./near-tasks.ts";
import {
  closePersonEnding,
  isProofAlive,
  openPersonEndings,
  personEndingWrite,
  prolongTask,
  recordCut,
  tasksOfPerson,
} from "./person-items.ts";
import { changeTask } from "./task-change.ts";
import { endedTasks, endTask, openEndings } from "./task-ending.ts";
import { taskOf } from "./task-item.ts";
import { confirmLeases, recordRevoked, refuseUnconfirmed, reissueLeases, renewLease } from "./task-leases.ts";
import { answeredWrite, earlierPath, openTask } from "./task-opening.ts";
import { tokenUseWrites } from "./token-use.ts";

/** Most events of a task that are read by one request. */
const PAGE_OF_EVENTS = 500;

/** Tasks in the one table. Each change of a task is one transaction with its event, so that record and journal agree. */
export class DynamoTasks implements Tasks {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  open(
    task: Task,
    event: JournalEvent,
    use: TokenUse,
    idempotency: Idempotency | undefined,
    delegation?: DelegationUse,
    remembered: Remembered = {},
  ): Promise<Opened> {
    return openTask(this.#table, { task, event, use, idempotency, delegation, remembered });
  }

  earlier(request: Idempotency): Promise<TaskPath | undefined> {
    return earlierPath(this.#table, request);
  }

  async isTokenUsed({ issuer, id, cap }: TokenUse): Promise<boolean> {
    return Number((await this.#table.get(keys.tokenUse(issuer, id)))?.uses ?? 0) >= cap;
  }

  async read(path: TaskPath): Promise<Task | undefined> {
    const item = await this.#table.get(keys.task(path));
    return item && taskOf(item);
  }

  async isAlive({ path, agent, onBehalf }: Pick<Task, "path" | "agent" | "onBehalf">): Promise<boolean> {
    const [live, isProven] = await Promise.all([
      this.#table.get(keys.live(agent, path)),
      isProofAlive(this.#table, onBehalf ? { onBehalf } : {}),
    ]);
    return live !== undefined && isProven;
  }

  openedFor(person: Person): Promise<readonly PersonsTask[]> {
    return tasksOfPerson(this.#table, person);
  }

  cut(person: Person, cut: PersonCut, event: JournalEvent): Promise<boolean> {
    const open = personEndingWrite(this.#table, person, cut);
    return recordCut(this.#table, keys.personCut(person), cut, event, [open]);
  }

  openPersonEndings(): Promise<readonly PersonEnding[]> {
    return openPersonEndings(this.#table);
  }

  closePersonEnding(ending: Pick<PersonEnding, "person" | "deadUntil">): Promise<void> {
    return closePersonEnding(this.#table, ending);
  }

  voidVotes(person: Person, cut: PersonCut, event: JournalEvent): Promise<boolean> {
    return recordCut(this.#table, keys.votesCut(person), cut, event);
  }

  async confirm(
    path: TaskPath,
    leases: readonly SessionLease[],
    issued: readonly ConnectorLease[] = [],
    request?: Idempotency,
    kept: readonly KeptSession[] = [],
  ): Promise<void> {
    if (!(await confirmLeases(this.#table, path, { leases, issued, request, kept })))
      refuseUnconfirmed(await this.read(path));
  }

  async answer(path: TaskPath, request: Idempotency): Promise<void> {
    await this.#table.transact([answeredWrite(this.#table, path, request, true)]);
  }

  async unanswer(path: TaskPath, request: Idempotency): Promise<void> {
    await this.#table.transact([answeredWrite(this.#table, path, request, false)]);
  }

  renew(task: Task, lease: SessionLease, event: JournalEvent, holds: readonly Hold[] = []): Promise<void> {
    return renewLease(this.#table, task, lease, event, holds);
  }

  reissue(
    task: Task,
    leases: readonly ConnectorLease[],
    event: JournalEvent,
    holds: readonly Hold[] = [],
  ): Promise<void> {
    return reissueLeases(this.#table, task, leases, event, holds);
  }

  recordRevoked(task: Task, lease: ConnectorLease, event: JournalEvent): Promise<void> {
    return recordRevoked(this.#table, task, lease, event);
  }

  addToken(task: Task, token: TaskToken, event: JournalEvent, use: TokenUse): Promise<void> {
    const change = {
      set: "SET #tokens = list_append(#tokens, :tokens)",
      names: { tokens: "tokens" },
      values: { tokens: [token] },
    };
    return changeTask(this.#table, task, event, change, tokenUseWrites(this.#table, use, task.path));
  }

  prolong(task: Task, event: JournalEvent, use: TokenUse): Promise<void> {
    return prolongTask(this.#table, task, event, use);
  }

  findToken(path: TaskPath, hash: string): Promise<LiveToken | undefined> {
    return findToken(this.#table, path, hash);
  }

  addPresentation(task: Task, { hash, ...presentation }: Presentation, event: JournalEvent): Promise<void> {
    const names = { presentations: "presentations", hash };
    const set = "SET #presentations.#hash = :presentation";
    const listing = listingWrites(this.#table, task.path, { hash, ...presentation });
    return changeTask(this.#table, task, event, { set, names, values: { presentation } }, listing);
  }

  removePresentation(task: Task, hash: string, event: JournalEvent): Promise<void> {
    const names = { presentations: "presentations", hash };
    const change = { set: "REMOVE #presentations.#hash", names, values: {} };
    return changeTask(this.#table, task, event, change, [unlistingWrite(this.#table, task.path, hash)]);
  }

  addDelegation(
    task: Task,
    { hash, ...delegation }: Delegation,
    spent: readonly string[],
    event: JournalEvent,
  ): Promise<void> {
    const removed = spent.map((_, index) => `#delegations.#spent${index}`).join(", ");
    const change = {
      set: `${removed === "" ? "" : `REMOVE ${removed} `}SET #delegations.#hash = :delegation, #hasDelegated = :yes`,
      names: {
        delegations: "delegations",
        hasDelegated: "hasDelegated",
        hash,
        ...Object.fromEntries(spent.map((each, index) => [`spent${index}`, each])),
      },
      values: { delegation, yes: true },
    };
    const listing = listingWrites(this.#table, task.path, { hash, ...delegation });
    return changeTask(this.#table, task, event, change, listing);
  }

  removeDelegation(task: Task, hash: string, event: JournalEvent): Promise<void> {
    const names = { delegations: "delegations", hash };
    const change = { set: "REMOVE #delegations.#hash", names, values: {} };
    return changeTask(this.#table, task, event, change, [unlistingWrite(this.#table, task.path, hash)]);
  }

  end(task: Task, ending: Ending, event: JournalEvent): Promise<void> {
    return endTask(this.#table, task, ending, event);
  }

  openEndings(agent?: AgentId): Promise<readonly OpenEnding[]> {
    return openEndings(this.#table, agent);
  }

  closeEnding({ path, agent }: Pick<OpenEnding, "path" | "agent">): Promise<void> {
    return this.#table.delete(keys.ending(agent, path));
  }

  ended(agent: AgentId, before: string | undefined, most: number): Promise<EndedPage> {
    return endedTasks(this.#table, agent, before, most);
  }

  async below(path: TaskPath): Promise<readonly TaskPath[]> {
    const items = await this.#table.query(treePartition(path), path);
    return inOrder(items)
      .flatMap(({ sk }) => (isTaskPath(sk) ? [sk] : []))
      .filter((each) => each !== path);
  }

  async opening(path: TaskPath): Promise<JournalEvent | undefined> {
    const [first] = await this.#table.query(journalPartition(path), keys.taskEvent(path, 1).sk);
    return first && recordOf<JournalEvent>(first);
  }

  near(path: TaskPath, most: number): Promise<NearTasks> {
    return nearTasks(this.#table, path, most);
  }

  async history(path: TaskPath, latest = Number.POSITIVE_INFINITY): Promise<readonly JournalEvent[]> {
    const [from, to] = [keys.taskEvent(path, 0).sk, keys.taskEvent(path, 999_999).sk];
    const items: Item[] = [];
    const pages = this.#table.lastFirst(journalPartition(path), { from, to, most: Math.min(latest, PAGE_OF_EVENTS) });
    for await (const page of pages) {
      items.push(...page);
      if (items.length >= latest) break;
    }
    return items.toReversed().map((event) => recordOf<JournalEvent>(event));
  }

  async record(path: TaskPath): Promise<TaskRecord> {
    const [tasks, events] = await Promise.all([
      this.#table.query(taskPartition(path), path),
      this.#table.query(journalPartition(path), path),
    ]);
    return { tasks: tasks.map(taskOf), events: events.map((event) => recordOf<JournalEvent>(event)) };
  }
}
