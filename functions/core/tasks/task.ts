import type { Delegated, Delegation } from "../delegation/delegation.ts";
import type { Detail } from "../intent/detail.ts";
import type { ChainHead } from "../journal/event.ts";
import type { OnBehalf } from "../people/on-behalf.ts";
import type { TaskPath } from "../task-path.ts";
import type { ConnectorLease } from "./connector-lease.ts";

/**
 * Status of a task. Credentials are issued only while it is `active`; the others are final.
 * `withdrawn`: recorded but never handed out, since a step failed; the same request may be repeated.
 */
export type TaskStatus = "active" | "completed" | "revoked" | "expired" | "withdrawn";
export type EndedStatus = Exclude<TaskStatus, "active">;

/** Final change of a task's status. */
export interface Ending {
  readonly status: EndedStatus;
  /** Epoch seconds. */
  readonly endedAt: number;
  /** Author: an agent, an operator, `deadline`, or the path of the task above. The journal's event is the evidence. */
  readonly endedBy?: string;
  readonly outcome?: Outcome;
}

/** Ended task, listed until no task below it is alive. */
export interface OpenEnding {
  readonly path: TaskPath;
  readonly agent: string;
  readonly status: EndedStatus;
}

/** One unit of work by one agent: `TASK#root` / `path`. Times are epoch seconds. */
export interface Task {
  readonly path: TaskPath;
  readonly agent: string;
  /** `issuer|subject` of the token that opened it. */
  readonly subject: string;
  /** Facts of the opening that policy reads at the opening and again at each renewal. */
  readonly facts: TaskFacts;
  readonly purpose: string;
  readonly details: readonly Detail[];
  readonly leases: readonly SessionLease[];
  /** Credentials that connectors issued for the task, beside its AWS sessions. */
  readonly connectorLeases?: readonly ConnectorLease[];
  readonly status: TaskStatus;
  readonly openedAt: number;
  /** Deadline of the task, which none of its credentials outlives (I4). */
  readonly expiresAt: number;
  readonly endedAt?: number;
  /** Author of the ending; absent for a task that ended before versions that record it. */
  readonly endedBy?: string;
  readonly outcome?: Outcome;
  /** Task tokens: one, and one more for each idempotent repeat of the opening. */
  readonly tokens: readonly TaskToken[];
  readonly presentations: readonly Presentation[];
  readonly delegations: readonly Delegation[];
  /** True once the task may be in its agent's hands: written right before the response. The sweep ends an unconfirmed task as `withdrawn` within two minutes. */
  readonly confirmed?: boolean;
  /** True once the task has issued a delegation, so that tasks may exist below it. */
  readonly hasDelegated?: boolean;
  /** Delegation that the task was opened with; only on a child. */
  readonly delegated?: Delegated;
  /** Person for whom the task acts, and every task below it; absent where its agent acts for itself. */
  readonly onBehalf?: OnBehalf;
  /** Latest deadline to which fresh tokens of the person can move `expiresAt`; absent on a child, and on a task that acts for nobody. */
  readonly movesUntil?: number;
  /** Approval that the task waits for, or was given: nothing is issued for it until its use is recorded elsewhere. */
  readonly approval?: TaskApproval;
  readonly chain: ChainHead;
  /** Exchange's signature over the fields that later requests rely on (`sealedFieldsOf`). */
  readonly seal: string;
}

/** Request on which people decide for a task. */
export interface TaskApproval {
  readonly id: string;
  /** Hash of the record that they decide about. */
  readonly hash: string;
}

/** Record of a task token. */
export interface TaskToken {
  /** SHA-256 of the token, base64url. */
  readonly hash: string;
  /** Seal of each token but the first, which the task's own seal covers. */
  readonly seal?: string;
}

/** Claims of the agent's token, so that a renewal is decided on what the opening was decided on. */
export interface TaskFacts {
  /** Claims that some policy read when the task was opened. Other claims are not recorded, since they may be personal data. */
  readonly claims: Readonly<Record<string, string>>;
  /** Names of claims that some policy read at the opening and the token did not have. The record knows nothing of claims in neither list. */
  readonly absent?: readonly string[];
  /** Address that opened the task, to which `@bindIp` binds its sessions. */
  readonly sourceIp?: string;
}

/** AWS session for a task's details in one account, renewed in place. Recorded as `issuing` before its credentials are handed out. */
export interface SessionLease {
  /** Name, unique within the task: `aws-0`. */
  readonly name: string;
  readonly account: string;
  /** Name of the task role in the account. */
  readonly role: string;
  /** Index of the first of the task's details that the lease serves: its number, which those details bear. */
  readonly detail: number;
  readonly state: "issuing" | "issued";
  /** Number of the journal event that recorded this issue: an answer of STS belongs to one issue and no other. */
  readonly event: number;
  /** Start of the last STS call, by valetkey's clock; epoch seconds. */
  readonly startedAt: number;
  /** Moment from which the session policy allows nothing; epoch seconds. */
  readonly fenceAt: number;
  /** Latest fence of the lease's earlier sessions, where one is later than `fenceAt`; epoch seconds. */
  readonly earlierFenceAt?: number;
  /** Access key of the session: the join key to CloudTrail. */
  readonly accessKeyId?: string;
  /** Access keys of the lease's earlier sessions, the oldest first and at most `MOST_EARLIER_KEYS`; absent where there was none. */
  readonly earlierKeyIds?: readonly string[];
  /** Time of issue by STS's clock (its `Expiration` less the requested duration); epoch seconds. */
  readonly issuedAt?: number;
}

/** Record of a presentation token, which one tool server may introspect and which can do nothing else. */
export interface Presentation {
  /** SHA-256 of the token, base64url. */
  readonly hash: string;
  readonly server: string;
  /** Epoch seconds. */
  readonly expiresAt: number;
  readonly seal: string;
}

export interface Outcome {
  readonly result: "success" | "failure";
  readonly detail?: string;
}

/** Upper bounds on the tokens that a task has at a time. */
export const TOKEN_LIMITS = { tokens: 16, presentations: 10 } as const;

/**
 * Bounds on a session's lifetime; seconds. STS's minimum is 900, and role chaining (a function's role assumes the task role) caps sessions at an hour.
 * Source: AssumeRole, AWS STS API reference.
 */
export const STS_SECONDS = { least: 900, most: 3_600 } as const;

/** Longest time from a session's issue to its fence; seconds. Sessions are renewed while their task lives. */
export const FENCE_SECONDS = 900;

/** Shortest time between two STS calls for one lease; seconds (docs/design.md#limits-of-a-request). */
export const RENEWAL_SECONDS = 10;

/** Computes the fence of a session issued now; epoch seconds. I4: no fence outlives its task's deadline. */
export const fenceFor = (task: Pick<Task, "expiresAt">, nowSeconds: number): number =>
  Math.min(Math.floor(nowSeconds) + FENCE_SECONDS, task.expiresAt);

/** True where credentials may be issued for the task now. A task past its deadline is not live, even while its record still exists. */
export const isLive = (task: Pick<Task, "status" | "expiresAt">, nowSeconds: number): boolean =>
  task.status === "active" && nowSeconds < task.expiresAt;

/** Time that a task past its deadline stays in its agent's list of live tasks, unless it is ended, since clocks differ; seconds. */
export const LIVE_MARGIN_SECONDS = 120;

/** Age from which an unconfirmed task counts as abandoned, since no request takes so long; seconds. */
export const UNCONFIRMED_SECONDS = 60;

/** Computes the due list (`TIMER#<minute>`) of a deadline: the first whole minute at which it has passed, in minutes since the epoch. */
export const dueMinute = (expiresAt: number): number => Math.ceil(expiresAt / 60);

/**
 * Computes the first due list of a new task: the minute in which the task counts as abandoned unless it is confirmed, or its deadline's minute
 * where that is earlier. The sweep then moves a confirmed task to its deadline's list.
 */
export const firstLookMinute = ({ openedAt, expiresAt }: Pick<Task, "openedAt" | "expiresAt">): number =>
  Math.min(dueMinute(expiresAt), Math.floor((openedAt + UNCONFIRMED_SECONDS) / 60));

/** True for a task whose deadline the sweep finds in the due list alone: it has no session, so that no task role's list has it. */
export const needsTimer = ({ leases }: Pick<Task, "leases">): boolean => leases.length === 0;

/** True for a task that was never handed out and never will be. */
export const isUnheld = ({ confirmed, openedAt }: Pick<Task, "confirmed" | "openedAt">, nowSeconds: number): boolean =>
  !confirmed && openedAt + UNCONFIRMED_SECONDS <= nowSeconds;
