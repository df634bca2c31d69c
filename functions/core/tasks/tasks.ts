import type { Delegation } from "../delegation/delegation.ts";
import type { JournalEvent } from "../journal/event.ts";
import type { ConnectorLease } from "./connector-lease.ts";
import type { TaskPath } from "./path.ts";
import type { Ending, Lease, OpenEnding, Presentation, Task, TaskToken } from "./task.ts";

/** The use of a token: refused the second time, or after `cap` times, until it has expired. */
export interface TokenUse {
  readonly issuer: string;
  /** `jti`, or the hash of the signing input. */
  readonly id: string;
  readonly cap: number;
  /** Epoch seconds. */
  readonly expiresAt: number;
}

/** A request that may be repeated: the same key with the same hash is the same task. */
export interface Idempotency {
  readonly agent: string;
  /** Who the token says it is, with the claims that policies read: another workload of the same agent has keys of its own. */
  readonly subject: string;
  readonly key: string;
  readonly requestHash: string;
  /** The task that was opened for it before and withdrawn. */
  readonly replaces?: TaskPath;
}

/** The delegation that a child is opened with: one child, and no other but the one in whose place it is put. */
export interface DelegationUse {
  readonly parent: TaskPath;
  readonly hash: string;
  readonly agent: string;
}

export type Opened = { readonly opened: true } | { readonly repeats: TaskPath };

export interface Tasks {
  /**
   * One transaction: the task, its pointers, its timer, the token's use, the request's key, the journal event; for a child, the use of its
   * delegation, on the condition that its parent is active. `repeats` where the key was used before for the same request; nothing is written then.
   * @throws {Refusal} token_replayed, idempotency_conflict, delegation_token_invalid, and contended where the path is taken: nothing is written.
   */
  open(
    task: Task,
    event: JournalEvent,
    use: TokenUse,
    idempotency: Idempotency | undefined,
    delegation?: DelegationUse,
  ): Promise<Opened>;
  /** As it is now (a strong read); nothing where there is no such task. */
  read(path: TaskPath): Promise<Task | undefined>;
  /**
   * Tells that the task stands in its agent's list of live tasks (a strong read): put there by the exchange alone, at the opening, and taken out for good
   * by whoever ends it. What the task's own record says of its status proves nothing, since whoever ends tasks may write it.
   */
  isAlive(task: Pick<Task, "path" | "agent">): Promise<boolean>;
  /**
   * Records what the leases were issued as, and that somebody is about to be given the task; only while the task is active.
   * @param issued by connectors: in one transaction with what is kept to take them back.
   * @throws {Refusal} task_ended, or contended where it was withdrawn, or one was issued anew, or taken back, meanwhile.
   */
  confirm(path: TaskPath, leases: readonly Lease[], issued?: readonly ConnectorLease[]): Promise<void>;
  /** Leases of connectors that are about to be issued anew, with the event; only while active and unchanged. @throws {Refusal} contended. */
  reissue(task: Task, leases: readonly ConnectorLease[], event: JournalEvent): Promise<void>;
  /**
   * A connector's lease is known to be gone: the task says so, with the event, and what was kept to take it back is removed. Whatever the task's status.
   * @throws {Refusal} contended where the task has changed, or the lease was issued anew meanwhile.
   */
  recordRevoked(task: Task, lease: ConnectorLease, event: JournalEvent): Promise<void>;
  /** A further token, with its event; only while active and unchanged. @throws {Refusal} contended, token_replayed. */
  addToken(task: Task, token: TaskToken, event: JournalEvent, use: TokenUse): Promise<void>;
  /** @throws {Refusal} contended. */
  addPresentation(task: Task, presentation: Presentation, event: JournalEvent): Promise<void>;
  /** @throws {Refusal} contended. */
  removePresentation(task: Task, hash: string, event: JournalEvent): Promise<void>;
  /** Takes away those that nobody can use any more. @throws {Refusal} contended. */
  addDelegation(task: Task, delegation: Delegation, spent: readonly string[], event: JournalEvent): Promise<void>;
  /** Used or not. @throws {Refusal} contended. */
  removeDelegation(task: Task, hash: string, event: JournalEvent): Promise<void>;
  /** The lease as `issuing` under its new fence, with its event and the task's seal; only while active and unchanged. @throws {Refusal} contended. */
  renew(task: Task, lease: Lease, event: JournalEvent): Promise<void>;
  /**
   * State first: from here on nothing is issued. A task that has ever given a delegation is listed as an open ending, in the same write.
   * @throws {Refusal} contended where it changed meanwhile; as `withdrawn` also where it was confirmed since it was read.
   */
  end(task: Task, ending: Ending, event: JournalEvent): Promise<void>;
  /** Tasks that ended while others may be alive below them, strongly read: all of them, or those of one agent. */
  openEndings(agent?: string): Promise<readonly OpenEnding[]>;
  /** Takes it from that list. Only for who has seen, after it ended, that `below` is empty: nothing can be opened there any more. */
  closeEnding(ending: Pick<OpenEnding, "path" | "agent">): Promise<void>;
  /** Paths of the active tasks below it, at every level, in the order of their opening (by second, then by path), strongly read; those past their deadline too, as long as nobody ended them. */
  below(path: TaskPath): Promise<readonly TaskPath[]>;
  /** Everything that is recorded of a task and of all tasks below it, strongly read: tasks by path, and the events of each in their order. */
  record(path: TaskPath): Promise<TaskRecord>;
}

export interface TaskRecord {
  readonly tasks: readonly Task[];
  readonly events: readonly JournalEvent[];
}
