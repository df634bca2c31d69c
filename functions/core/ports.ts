import type { Catalogue } from "./catalogue/catalogue.ts";
import type { ConnectorLease, Connectors } from "./connectors/connector.ts";
import type { Delegation } from "./delegation/delegation.ts";
import type { Deployment } from "./deployment/deployment.ts";
import type { Agent, AgentSummary, Binding } from "./identity/agent.ts";
import type { BoundAgent } from "./identity/bindings.ts";
import type { Claims } from "./identity/claims.ts";
import type { Issuer } from "./identity/issuer.ts";
import type { JournalEvent } from "./journal/event.ts";
import type { Paced } from "./pace.ts";
import type { Policies } from "./policy/query.ts";
import type { HaltedAgent } from "./revocation/halt.ts";
import type { RoleLoad } from "./revocation/load.ts";
import type { CallOutcome, Observation, Watched } from "./revocation/observation.ts";
import type { Panic } from "./revocation/panic.ts";
import type { RevocationPolicy } from "./revocation/render.ts";
import type { RoleEntry } from "./revocation/role-entry.ts";
import type { RoleSnapshot } from "./revocation/role-snapshot.ts";
import type { SealedKind } from "./seals/signet.ts";
import type { TaskPath } from "./tasks/path.ts";
import type { LeaseDeadline, LeaseRef, Release } from "./tasks/release.ts";
import type { Ending, Lease, OpenEnding, Presentation, Task, TaskToken } from "./tasks/task.ts";

/** Every touch of the world goes through one of these. An adapter translates its technology's errors into refusals: outages are 503. */
export interface Ports {
  readonly deployment: Deployment;
  readonly catalogue: Catalogue;
  readonly policies: Policies;
  readonly connectors: Connectors;
  readonly clock: Clock;
  readonly random: Random;
  /** Resolves after so many milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
  readonly tokens: Tokens;
  readonly agents: Agents;
  readonly tasks: Tasks;
  readonly roles: Roles;
  readonly journal: Journal;
  readonly sessions: Sessions;
  readonly recent: RecentSessions;
  readonly paces: Paces;
  readonly panics: Panics;
  readonly loads: RoleLoads;
  readonly seals: Seals;
  readonly log: Log;
}

/** The ports of the exchange, the one function that seals. */
export interface SealingPorts extends Ports {
  readonly signet: Signet;
}

/** Verifies seals, by keys that the exchange alone can have published. */
export interface Seals {
  /**
   * Verifies that the exchange has sealed exactly these fields as a record of that kind, with a key that is still good.
   * @throws {Refusal} store_unavailable where the keys cannot be read.
   */
  isGenuine(kind: SealedKind, fields: object, seal: string | undefined): Promise<boolean>;
}

/** Makes seals. */
export interface Signet {
  /** @throws {Refusal} store_unavailable where the key cannot be read. */
  seal(kind: SealedKind, fields: object): Promise<string>;
}

export interface Clock {
  /** Epoch milliseconds. */
  nowMs(): number;
}

export interface Random {
  /** So many bytes from a cryptographic source. */
  bytes(count: number): Uint8Array;
}

export interface Tokens {
  /**
   * The claims of a token whose signature the issuer's keys verify.
   * @throws {Refusal} token_malformed, token_signature, issuer_unreachable.
   */
  verify(token: string, issuer: Issuer): Promise<{ readonly claims: Claims; readonly signingInputHash: string }>;
}

export interface Agents {
  /** Agents bound to this value of the issuer's pin; at most 60 s old. */
  boundTo(issuer: string, pinned: string): Promise<readonly BoundAgent[]>;
  /** At most 60 s old. */
  find(id: string): Promise<Agent | undefined>;
  /** As it is now. */
  read(id: string): Promise<Agent | undefined>;
  /** Page by page, by id. */
  list(after: string | undefined): Promise<{ readonly agents: readonly AgentSummary[]; readonly next?: string }>;
  /** With its bindings and its journal event, all or nothing. @throws {Refusal} agent_exists, binding_overlaps. */
  register(agent: Agent, event: JournalEvent): Promise<void>;
  /** All of it in one transaction, where nobody has changed the agent since it was read. @throws {Refusal} contended. */
  change(agent: Agent, event: JournalEvent, also?: AlsoChanged): Promise<void>;
  /** Its chain, from the first event on, strongly read. */
  history(id: string): Promise<readonly JournalEvent[]>;
  /** Ids of the agents whose offboarding is under way. */
  offboarding(): Promise<readonly string[]>;
  /** Keeps a report under its hash, for ever. The same one may be kept again. */
  keepReport(id: string, sha256: string, text: string): Promise<void>;
  /** The text that was kept under that hash. */
  report(id: string, sha256: string): Promise<string | undefined>;
  /** Whether it is known here that it was used on that day (`2026-11-24`) or later; its list of live tasks says so. Asks nobody. */
  isUsedOn(id: string, day: string): boolean;
  /** The last day that it was used on, unless it is known to be a later one. */
  markUsed(id: string, day: string): Promise<void>;
  /** The last day that it started a task on, or nothing. */
  lastUsed(id: string): Promise<string | undefined>;
  /** How far the check of all agents is, or was when it was over. */
  checkpoint(): Promise<Checkpoint | undefined>;
  keepCheckpoint(checkpoint: Checkpoint): Promise<void>;
  /** Paths of its live tasks in the order of their opening (by second, then by path), strongly read; without those whose deadline has long passed, though nobody ended them. */
  liveTasks(id: string): Promise<readonly TaskPath[]>;
}

export interface Checkpoint {
  /** When this round of it began; epoch seconds. */
  readonly beganAt: number;
  /** The last agent that was looked at; nothing where the round is over. */
  readonly after?: string;
}

/** What changes with an agent, in the same transaction. */
export interface AlsoChanged {
  /** Its entry in the list of halted agents, which IAM's denials are made from: put there as `agent.halted` says, or taken away. */
  readonly halt?: "placed" | "lifted";
  /** Bindings by which it is not to be found any more. */
  readonly unbind?: readonly Binding[];
}

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
  revoked(task: Task, lease: ConnectorLease, event: JournalEvent): Promise<void>;
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

/** An entry of the due list: a task that has to be looked at in that minute. */
export interface Timer {
  readonly path: TaskPath;
  /** In whose list it stands; minutes since the epoch. */
  readonly minute: number;
  /** How often its ending has failed. */
  readonly tries: number;
}

/** The due list, minute by minute, and how far it has been worked off. */
export interface Timers {
  /** What stands in the minute's list, strongly read. */
  due(minute: number): Promise<readonly Timer[]>;
  /** Into the list of another minute, in one transaction. */
  move(timer: Timer, to: Pick<Timer, "minute" | "tries">): Promise<void>;
  /** Nothing is left to do for it. It may be gone already. */
  remove(timer: Timer): Promise<void>;
  /** The last minute that was swept completely; nothing before the first sweep. */
  sweptTo(): Promise<number | undefined>;
  /** Never back. @param wrong what stands there and gives way all the same: a wrong clock has written it. */
  setSweptTo(minute: number, wrong?: number): Promise<void>;
}

/** What connectors have to take back. It is written with the task (`Tasks.open`, `confirm`, `reissue`, `revoked`). */
export interface Releases {
  /** As it is now. */
  read(lease: LeaseRef): Promise<Release | undefined>;
  /** All there is, strongly read. */
  list(): Promise<readonly Release[]>;
  /** It is gone, and so is its task: nothing is left to write it to. */
  forget(lease: LeaseRef): Promise<void>;
}

/** What cannot be written in the transaction of a change, because nothing changed: a refusal. */
export interface Journal {
  append(event: JournalEvent): Promise<void>;
}

export interface SessionRequest {
  readonly account: string;
  readonly role: string;
  readonly path: TaskPath;
  readonly agent: string;
  /** The session policy. */
  readonly policy: string;
  /** 900 to 3,600. */
  readonly durationSeconds: number;
  /** When the call was begun, as the record has it; epoch seconds. */
  readonly startedAt: number;
}

export interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** By STS's clock; epoch seconds. */
  readonly issuedAt: number;
  /** How much of the size that STS allows a session token this one takes, in per cent, where STS says so. */
  readonly tokenPercent?: number;
}

export interface Sessions {
  /** @throws {Refusal} intent_too_large, sts_refused, sts_unavailable. */
  assume(request: SessionRequest): Promise<Session>;
  /** True where STS told this process a moment ago that it is asked for too much. Asks nobody. */
  isBusy(): boolean;
}

/** Sessions that this process issued in the last ten seconds, for SDKs that ask again at once. Never across tasks. */
export interface RecentSessions {
  find(path: TaskPath, lease: Lease): Session | undefined;
  keep(path: TaskPath, lease: Lease, session: Session): void;
}

/** How often each caller does something in a minute. Soft by as many as there are processes that have not been told yet. */
export interface Paces {
  /** Counts one more. @returns false where there were `most` already. @throws {Refusal} store_unavailable. */
  count(who: string, what: Paced, most: number): Promise<boolean>;
  /** Whether this process has been told so in this minute. Asks nobody. */
  isOver(who: string, what: Paced): boolean;
}

export interface Log {
  /** One line of JSON, made from an allow-list of fields. */
  write(entry: Readonly<Record<string, unknown>>): void;
}

/** The roles whose revocation policy has to be rendered anew. */
export interface RoleRef {
  readonly account: string;
  readonly role: string;
}

export interface Roles {
  /** What the role's policy depends on, strongly read. Epoch seconds. */
  snapshot(role: RoleRef, nowSeconds: number): Promise<RoleSnapshot>;
  /** Every task that had a session in the role which may have stood at that moment, strongly read. Epoch seconds. */
  issued(role: RoleRef, atSeconds: number): Promise<readonly RoleEntry[]>;
}

export interface Halts {
  /** Every agent that is halted, strongly read; some of them may have been for so long that nothing of theirs can be alive. */
  list(): Promise<readonly HaltedAgent[]>;
}

/** Whether everything is halted. */
export interface Panics {
  /** The latest, lifted or not, strongly read. */
  read(): Promise<Panic | undefined>;
  /** Whether this process read within the last five seconds that everything is halted. Asks nobody. */
  isKnown(): boolean;
  /** Declared or lifted, with its event; where nobody else has meanwhile. @throws {Refusal} contended. */
  change(panic: Panic, event: JournalEvent): Promise<void>;
}

export interface RevocationPolicies {
  /** The policy's text as it stands, or nothing. */
  read(role: RoleRef): Promise<{ readonly ours: string | undefined; readonly foreign: readonly string[] }>;
  /**
   * @param text the whole policy; without one it is taken away. @param untilMs it lands by then, or never; epoch milliseconds.
   * @returns `may land again` where it stands and was sent before with an outcome that nobody knows: nothing else may be written until then.
   * @throws {UnknownOutcome} where it may land until then, or not.
   */
  write(role: RoleRef, text: string | undefined, untilMs: number): Promise<"done" | "may land again">;
}

/** How full the revocation policies of the roles are, for those who fill them. */
export interface RoleLoads {
  /** As the reconciler saw it, at most five seconds old, and with what this process has opened there since. */
  read(role: RoleRef): Promise<RoleLoad>;
  /** Counted here until the reconciler has. Asks nobody. */
  opened(role: RoleRef, agent: string, characters: number): void;
  /** What the reconciler sees; written where it is news. */
  report(role: RoleRef, load: RoleLoad): Promise<void>;
}

/** One write of a role's revocation policy; epoch milliseconds. */
export interface PolicyWrite {
  /** What had ended when its snapshot of the record began is denied by it. */
  readonly snapshotAtMs: number;
  /** From then on IAM had it. */
  readonly writtenAtMs: number;
  readonly form: RevocationPolicy["form"];
  readonly characters: number;
  /** Which text it was, in short (`digestOf`); not of a write that was recorded before there were any. */
  readonly digest?: string;
  /** Tasks that its snapshot showed as ended a moment ago (`endingsSeen`). */
  readonly endings: readonly TaskPath[];
  /** Those of them that it denies by when their sessions were issued, and no session that is younger; none unless there are any. */
  readonly byTimeAlone?: readonly TaskPath[];
}

/** When the roles' revocation policies were written: what shows when an ending reached IAM. Kept for a week. */
export interface PolicyWrites {
  append(role: RoleRef, write: PolicyWrite): Promise<void>;
  /** Those whose snapshots began after that moment, in their order, strongly read; so many at most. */
  after(role: RoleRef, atMs: number, most: number): Promise<readonly PolicyWrite[]>;
}

/** What canaries met. Kept for a week. */
export interface Observations {
  /** Once for each task and role: the first stays. */
  record(of: Watched, observation: Observation): Promise<void>;
  /** Of a task, in every role, strongly read. */
  of(path: TaskPath): Promise<readonly ObservationIn[]>;
}

export interface ObservationIn {
  readonly role: RoleRef;
  readonly observation: Observation;
}

export interface Canaries {
  /**
   * A session of the role, under the name and for the agent that are given, that may make one call, which changes nothing, and nothing else.
   * @throws {Refusal} sts_refused, sts_unavailable.
   */
  open(as: Omit<Watched, "endedAtMs">): Promise<Canary>;
}

export interface Canary {
  /** Makes that call. */
  call(): Promise<CallOutcome>;
}

export interface ProbeQueue {
  /** What is said twice is watched twice. */
  send(watched: readonly Watched[]): Promise<void>;
}

export interface RoleQueue {
  /** Each role once; a FIFO group for each, so that there is one writer at a time. */
  send(roles: readonly RoleRef[]): Promise<void>;
}

/** Messages of that queue, as they are taken from it. */
export interface RoleMessages {
  /** Out of sight for so many seconds more, and its group with it, and then handed out again. */
  hold(receiptHandle: string, seconds: number): Promise<void>;
}

export interface ReleaseQueue {
  /** A FIFO group for each task. What is said twice within five minutes is said once. */
  send(leases: readonly LeaseRef[]): Promise<void>;
}

/** Messages that come when the time of a lease is over. One proves nothing: whoever gets it looks at the record. */
export interface Deadlines {
  /** A message for each; of one that is further off than the queue holds a message back, it comes early. */
  set(deadlines: readonly LeaseDeadline[]): Promise<void>;
}

/** Such messages, as they are taken from their queue. */
export interface DueMessages {
  /** Whether a message came from there. @param source ARN of its queue. */
  isFrom(source: string | undefined): boolean;
  /** Out of sight for so long, and then handed out again; seconds, as many as the queue allows at most. */
  hold(receiptHandle: string, seconds: number): Promise<void>;
}

/** An event of our own for the bus. */
export interface OwnEvent {
  readonly type: "task.end";
  readonly task: TaskPath;
  readonly reason: "overdue";
}

export interface Bus {
  /** All of them are on the bus; otherwise it throws, and some may be. */
  put(events: readonly OwnEvent[]): Promise<void>;
}
