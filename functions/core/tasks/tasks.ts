import type { AgentId } from "../../../contract/agent-id.ts";
import type { Spending } from "../budgets/budgets.ts";
import type { Delegation } from "../delegation/delegation.ts";
import type { Hold } from "../holds/holds.ts";
import type { Person } from "../identity/person.ts";
import type { PersonCut, PersonEnding, PersonsTask } from "../identity/persons-task.ts";
import type { JournalEvent } from "../journal/event.ts";
import type { TaskPath } from "../task-path.ts";
import type { ConnectorLease } from "./connector-lease.ts";
import type { LockedSession } from "./session-vault.ts";
import type { Ending, OpenEnding, Presentation, SessionLease, Task, TaskToken } from "./task.ts";

/** Use of a caller's token. A use beyond `cap` is refused until the token has expired. */
export interface TokenUse {
  readonly issuer: string;
  /** `jti`, or the hash of the signing input where the token has none. */
  readonly id: string;
  /** Uses that the issuer's replay rule permits: 1 for `single_use`. */
  readonly cap: number;
  /** Expiry of the token; epoch seconds. */
  readonly expiresAt: number;
  /** Use of the other token in the same request: of the person's, beside the agent's own. */
  readonly beside?: TokenUse;
}

/** Idempotency key of a request. The same key with the same hash returns the same task. */
export interface Idempotency {
  readonly agent: AgentId;
  /** Subject of the token and the claims that policies read. Each workload of an agent thus has its own keys. */
  readonly subject: string;
  readonly key: string;
  readonly requestHash: string;
  /** Withdrawn task that was opened earlier for the same key. */
  readonly replaces?: TaskPath;
}

/** Delegation that a child is opened with: one child, and another only in place of a withdrawn one. */
export interface DelegationUse {
  readonly parent: TaskPath;
  readonly hash: string;
  readonly agent: AgentId;
  /** As in the delegation: the child is opened only while the token is found. */
  readonly listed?: true;
}

/** Presentation or delegation token that lives, as the exchange alone has listed it: the server or the agent that it is for. */
export type LiveToken = { readonly server: AgentId } | { readonly agent: AgentId };

/** Facts about grants that the hub remembers, for the transaction that records the grant. */
export interface Remembered {
  readonly spendings?: readonly Spending[];
  readonly holds?: readonly Hold[];
}

/** Session of a lease that stays in the hub. */
export interface KeptSession extends LockedSession {
  /** Name of the lease. */
  readonly lease: string;
}

/** Outcome of `Tasks.open`. `repeats`: path of the task that the same request opened before. */
export type Opened = { readonly opened: true } | { readonly repeats: TaskPath };

export interface Tasks {
  /**
   * Writes in one transaction the task, its pointers, the token's use, the request's key and the journal event; also a
   * timer where the task has no session. Where the same request used the key before, nothing is written and `repeats`
   * is returned.
   * For a child, the transaction also records the use of its delegation, provided that the parent is active.
   * For a task of a person, it also writes the task's entry among the person's tasks. The conditions: the person's
   * token is not cut off, and the consent is alive.
   * @param remembered what the hub remembers with the task.
   * @throws {Refusal} token_replayed, idempotency_conflict, task_ended where the replaced task was handed out,
   * delegation_token_invalid, person_ended, consent_ended, or contended where the path exists already, or another grant
   * was counted meanwhile; nothing is written.
   */
  open(
    task: Task,
    event: JournalEvent,
    use: TokenUse,
    idempotency: Idempotency | undefined,
    delegation?: DelegationUse,
    remembered?: Remembered,
  ): Promise<Opened>;
  /**
   * Finds the task that the same request opened before, strongly; undefined where there is none, and for the task that
   * the request replaces.
   * @throws {Refusal} idempotency_conflict where the key's request was a different one.
   */
  earlier(request: Idempotency): Promise<TaskPath | undefined>;
  /** True for a token that has had all its uses, so that it proves nothing any more; strongly read. */
  isTokenUsed(use: TokenUse): Promise<boolean>;
  /** Reads a task, strongly; undefined where there is none. */
  read(path: TaskPath): Promise<Task | undefined>;
  /**
   * True where the agent's list of live tasks contains the task (a strong read). Only the exchange adds to the list, at
   * the opening. The end of a task removes it for good. The status in the task's own record is no proof, since
   * functions that end tasks may write it.
   * A task of a person is alive only if the person's token was also issued after the latest ending of everything for
   * the person.
   */
  isAlive(task: Pick<Task, "path" | "agent" | "onBehalf">): Promise<boolean>;
  /**
   * Lists the tasks that were opened for a person, including those of sub-agents; strongly read. Ended tasks remain in
   * the list for some time. Nobody removes an entry, so the caller reads the tasks themselves.
   */
  openedFor(person: Person): Promise<readonly PersonsTask[]>;
  /**
   * Invalidates the person's tokens issued up to a moment, with the event, and lists the ending as open. Such tokens
   * open no task, and their tasks are not alive.
   * @returns false where a later moment is recorded already; nothing is written then.
   */
  cut(person: Person, cut: PersonCut, event: JournalEvent): Promise<boolean>;
  /** Lists the endings of everything for a person that may be incomplete, strongly read. */
  openPersonEndings(): Promise<readonly PersonEnding[]>;
  /**
   * Removes an ending from that list, unless a later ending for the person has replaced it. Call it only once the
   * person's tasks have ended.
   */
  closePersonEnding(ending: Pick<PersonEnding, "person" | "deadUntil">): Promise<void>;
  /**
   * Records with the event that the person's votes by sign-ins up to a moment are void. Votes that an approval has used
   * already remain valid.
   * @returns false where a later moment is recorded already; nothing is written then.
   */
  voidVotes(person: Person, cut: PersonCut, event: JournalEvent): Promise<boolean>;
  /**
   * Records the issued leases, and that the task is about to be issued to its agent; only while the task is active.
   * @param issued leases of connectors, confirmed in one transaction with their pending revocations.
   * @param kept sessions that stay in the hub, put by the same transaction in place of the leases' earlier ones.
   * @param request request that is about to be answered with the task. The same transaction records that, so that no later
   * task replaces this one (`Idempotency.replaces`), whatever its recorded status.
   * @throws {Refusal} task_ended; contended where the task was withdrawn, or a lease was issued again or revoked, in
   * the meantime.
   */
  confirm(
    path: TaskPath,
    leases: readonly SessionLease[],
    issued?: readonly ConnectorLease[],
    request?: Idempotency,
    kept?: readonly KeptSession[],
  ): Promise<void>;
  /**
   * Records that a request is about to be answered with the task, as `confirm` does, for a task that another request
   * opened. Has no effect where the request's key is not bound to the task.
   */
  answer(path: TaskPath, request: Idempotency): Promise<void>;
  /**
   * Takes back the record of an answer that `confirm` has made: the caller has withdrawn the task and does not hand it
   * out. Has no effect where the request's key is bound to another task.
   */
  unanswer(path: TaskPath, request: Idempotency): Promise<void>;
  /**
   * Records connectors' leases that are about to be issued again, with the event; only for an active and unchanged
   * task.
   * @param holds labels that the new credentials hold.
   * @throws {Refusal} contended.
   */
  reissue(task: Task, leases: readonly ConnectorLease[], event: JournalEvent, holds?: readonly Hold[]): Promise<void>;
  /**
   * Records a connector's lease as revoked, with the event, and removes its pending revocation; in every status of the
   * task.
   * @throws {Refusal} contended where the task has changed, or the lease was issued again, in the meantime.
   */
  recordRevoked(task: Task, lease: ConnectorLease, event: JournalEvent): Promise<void>;
  /** Adds a task token, with its event; only to an active and unchanged task. @throws {Refusal} contended, token_replayed. */
  addToken(task: Task, token: TaskToken, event: JournalEvent, use: TokenUse): Promise<void>;
  /**
   * Records the person's fresh proof, the new deadline, and the seal of both, with the event. Only for an active and
   * unchanged task, whose first proof is not cut off and whose consent is alive.
   * @throws {Refusal} contended, token_replayed, person_ended, consent_ended.
   */
  prolong(task: Task, event: JournalEvent, use: TokenUse): Promise<void>;
  /**
   * Finds a presentation or delegation token in the list of those that live, strongly read. Only the exchange adds to the
   * list, and a revocation removes the entry for good. The task's own record is no proof, since functions that end tasks
   * may put an older version of it back.
   * @returns undefined for a token that was revoked or never issued, and for one that is not `listed`.
   */
  findToken(path: TaskPath, hash: string): Promise<LiveToken | undefined>;
  /** Adds a presentation, with its event, and lists it. @throws {Refusal} contended. */
  addPresentation(task: Task, presentation: Presentation, event: JournalEvent): Promise<void>;
  /** Removes a presentation from the record and from the list, with its event. @throws {Refusal} contended. */
  removePresentation(task: Task, hash: string, event: JournalEvent): Promise<void>;
  /**
   * Adds a delegation, with its event, and lists it. Removes spent ones from the record.
   * @param spent hashes of delegations to remove.
   * @throws {Refusal} contended.
   */
  addDelegation(task: Task, delegation: Delegation, spent: readonly string[], event: JournalEvent): Promise<void>;
  /** Removes a delegation, used or not, from the record and from the list, with its event. @throws {Refusal} contended. */
  removeDelegation(task: Task, hash: string, event: JournalEvent): Promise<void>;
  /**
   * Records the lease as `issuing` under its new fence, with its event and the task's seal. Only for an active and
   * unchanged task, and where the lease lists the key that was recorded last.
   * @param holds labels that the new key holds.
   * @throws {Refusal} contended.
   */
  renew(task: Task, lease: SessionLease, event: JournalEvent, holds?: readonly Hold[]): Promise<void>;
  /**
   * Ends a task: from this write on, no credentials are issued for it. The same write lists a task that has ever
   * delegated as an open ending.
   * @throws {Refusal} contended where the task has changed in the meantime, or, for `withdrawn`, was confirmed since it
   * was read.
   */
  end(task: Task, ending: Ending, event: JournalEvent): Promise<void>;
  /** Lists ended tasks below which others may be alive, strongly read: those of one agent, or all. */
  openEndings(agent?: AgentId): Promise<readonly OpenEnding[]>;
  /**
   * Removes a task from the list of open endings. Call it only where `below` was empty after the task's end. No task
   * can be opened below it then.
   */
  closeEnding(ending: Pick<OpenEnding, "path" | "agent">): Promise<void>;
  /**
   * Lists an agent's ended tasks, the latest first, page by page; strongly read. Omits withdrawn ones. The list is a
   * hint, since every function that may end tasks may add to it. The caller thus reads the tasks themselves, and
   * compares them.
   * @param before `next` of the page before.
   */
  ended(agent: AgentId, before: string | undefined, most: number): Promise<EndedPage>;
  /**
   * Lists the active tasks below a path, at every level, by second of opening and then by path; strongly read. Includes
   * tasks after their deadline that were not ended yet.
   */
  below(path: TaskPath): Promise<readonly TaskPath[]>;
  /** Reads the first event of a task, strongly: the requested details, and the granted ones. */
  opening(path: TaskPath): Promise<JournalEvent | undefined>;
  /**
   * Reads the tasks of a tree that are near a path, strongly and by path. First the task, then those above it, then
   * those below it before its siblings.
   * @param most upper bound on the returned tasks. At most twice as many are read, however large the tree is.
   */
  near(path: TaskPath, most: number): Promise<NearTasks>;
  /**
   * Reads the events of a task alone, strongly, in order.
   * @param latest number of events to read, the latest ones; by default all.
   */
  history(path: TaskPath, latest?: number): Promise<readonly JournalEvent[]>;
  /** Reads the records of a task and of all tasks below it, strongly: tasks by path, with their events in order. */
  record(path: TaskPath): Promise<TaskRecord>;
}

/** Part of a tree of tasks. */
export interface NearTasks {
  readonly tasks: readonly Task[];
  /** True where the tree has other tasks. */
  readonly more: boolean;
}

/** Page of an agent's ended tasks. */
export interface EndedPage {
  readonly paths: readonly TaskPath[];
  /** Mark of the last entry, where there are more. */
  readonly next?: string;
}

/** Records of a task's tree: its tasks and their journals. */
export interface TaskRecord {
  readonly tasks: readonly Task[];
  readonly events: readonly JournalEvent[];
}
