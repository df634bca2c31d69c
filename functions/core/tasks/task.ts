import type { AgentId } from "../../../contract/agent-id.ts";
import type { ApprovalId } from "../../../contract/approval-id.ts";
import { FENCE_SECONDS } from "../../../contract/limits.ts";
import type { Delivery } from "../../../contract/names.ts";
import type { Delegated, Delegation } from "../delegation/delegation.ts";
import type { AccountId } from "../deployment/account-id.ts";
import type { Detail } from "../intent/detail.ts";
import type { ChainHead } from "../journal/event.ts";
import { type OnBehalf, onBehalfUntil } from "../people/on-behalf.ts";
import type { TaskPath } from "../task-path.ts";
import type { ConnectorLease } from "./connector-lease.ts";

/**
 * Status of a task. Credentials are issued only while it is `active`; the others are final. `withdrawn`: recorded but
 * never issued to the agent, since a step failed; the same request may be repeated.
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
  readonly agent: AgentId;
  readonly status: EndedStatus;
}

/** One unit of work by one agent: `TASK#root` / `path`. Times are epoch seconds. */
export interface Task {
  readonly path: TaskPath;
  readonly agent: AgentId;
  /** `issuer|subject` of the token that opened the task. */
  readonly subject: string;
  /** Facts of the opening that policy reads at the opening and again at each renewal. */
  readonly facts: TaskFacts;
  readonly purpose: string;
  readonly details: readonly Detail[];
  readonly leases: readonly SessionLease[];
  /** Set where the task's AWS sessions stay in the hub, which signs requests by them. */
  readonly delivery?: Delivery;
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
  /**
   * True once the task may have reached its agent; written right before the response. The sweep ends an unconfirmed
   * task as `withdrawn` within two minutes.
   */
  readonly confirmed?: boolean;
  /** True once the task has issued a delegation, so that tasks may exist below it. */
  readonly hasDelegated?: boolean;
  /** Delegation that the task was opened with; only on a child. */
  readonly delegated?: Delegated;
  /** Person for whom the task acts, and every task below it; absent where its agent acts for itself. */
  readonly onBehalf?: OnBehalf;
  /**
   * Latest deadline to which fresh tokens of the person can move `expiresAt`; absent on a child, and on a task that
   * acts for nobody.
   */
  readonly movesUntil?: number;
  /**
   * Approval that the task waits for, or was given. Nothing is issued for the task until another item records the use.
   */
  readonly approval?: TaskApproval;
  readonly chain: ChainHead;
  /** Exchange's signature over the fields that later requests rely on (`sealedFieldsOf`). */
  readonly seal: string;
}

/** Request on which people decide for a task. */
export interface TaskApproval {
  readonly id: ApprovalId;
  /** Hash of the approval's record. */
  readonly hash: string;
}

/** Record of a task token. */
export interface TaskToken {
  /** SHA-256 of the token, base64url. */
  readonly hash: string;
  /** Seal of each token but the first, which the task's own seal covers. */
  readonly seal?: string;
}

/** Claims of the agent's token. A renewal is decided on the same claims as the opening. */
export interface TaskFacts {
  /**
   * Claims that some policy read when the task was opened. Other claims are not recorded, since they may be personal
   * data.
   */
  readonly claims: Readonly<Record<string, string>>;
  /**
   * Names of claims that some policy read at the opening and the token did not have. The record shows nothing about
   * claims in neither list.
   */
  readonly absent?: readonly string[];
  /** Address that opened the task, to which `@bindIp` binds its sessions. */
  readonly sourceIp?: string;
}

/**
 * AWS session for a task's details in one account, renewed in place. Recorded as `issuing` before its credentials are
 * issued to the agent.
 */
export interface SessionLease {
  /** Name, unique within the task: `aws-0`. */
  readonly name: string;
  readonly account: AccountId;
  /** Name of the task role in the account. */
  readonly role: string;
  /** Index of the first of the task's details that the lease serves. The number in those details refers to it. */
  readonly detail: number;
  readonly state: "issuing" | "issued";
  /** Number of the journal event that recorded this issue. An answer of STS belongs to exactly one issue. */
  readonly event: number;
  /** Start of the last STS call, by valetkey's clock; epoch seconds. */
  readonly startedAt: number;
  /** Moment from which the session policy allows nothing; epoch seconds. */
  readonly fenceAt: number;
  /** Latest fence of the lease's earlier sessions, where one is later than `fenceAt`; epoch seconds. */
  readonly earlierFenceAt?: number;
  /** Set where the session stays in the hub: its record is `SESSION#`, and no answer has its key. */
  readonly delivery?: Delivery;
  /** Access key of the session. CloudTrail's events are joined by it. */
  readonly accessKeyId?: string;
  /** Access keys of the lease's earlier sessions, the oldest first and at most `MOST_EARLIER_KEYS`; absent where there was none. */
  readonly earlierKeyIds?: readonly string[];
  /** Time of issue by STS's clock (its `Expiration` less the requested duration); epoch seconds. */
  readonly issuedAt?: number;
}

/** Record of a presentation token. One tool server may introspect it; it is good for nothing else. */
export interface Presentation {
  /** SHA-256 of the token, base64url. */
  readonly hash: string;
  readonly server: AgentId;
  /** Epoch seconds. */
  readonly expiresAt: number;
  /** True for a token that lives while `Tasks.findToken` finds it; absent on a token of a release without that list. */
  readonly listed?: true;
  readonly seal: string;
}

export interface Outcome {
  readonly result: "success" | "failure";
  readonly detail?: string;
}

/**
 * Bounds on a session's lifetime; seconds. STS's minimum is 900. Role chaining (a function's role assumes the task
 * role) limits sessions to an hour.
 * Source: AssumeRole, AWS STS API reference.
 */
export const STS_SECONDS = { least: 900, most: 3_600 } as const;

/**
 * Computes the fence of a session issued now; epoch seconds. I4: no fence outlives its task's deadline.
 * @param seconds longest time to the fence.
 */
export const fenceFor = (task: Pick<Task, "expiresAt">, nowSeconds: number, seconds: number = FENCE_SECONDS): number =>
  Math.min(Math.floor(nowSeconds) + seconds, task.expiresAt);

/**
 * True where credentials may be issued for the task now. A task after its deadline is not live, even while its record
 * still exists. Neither is a task for a person after the person's hour, whatever its deadline.
 */
export const isLive = (
  { status, expiresAt, onBehalf }: Pick<Task, "status" | "expiresAt" | "onBehalf">,
  nowSeconds: number,
): boolean => status === "active" && nowSeconds < Math.min(expiresAt, onBehalfUntil(onBehalf));

/**
 * Time for which a task after its deadline remains in its agent's list of live tasks, unless it is ended; seconds.
 * Clocks differ.
 */
export const LIVE_MARGIN_SECONDS = 120;

/** Age from which an unconfirmed task counts as abandoned, since no request takes so long; seconds. */
export const UNCONFIRMED_SECONDS = 60;

/**
 * Computes the due list (`TIMER#<minute>`) of a deadline: the first whole minute at or after it, in minutes since the
 * epoch.
 */
export const dueMinute = (expiresAt: number): number => Math.ceil(expiresAt / 60);

/**
 * Computes the first due list of a new task. It is the minute in which an unconfirmed task counts as abandoned, or an
 * earlier deadline's minute. The sweep then moves a confirmed task to its deadline's list.
 */
export const firstLookMinute = ({ openedAt, expiresAt }: Pick<Task, "openedAt" | "expiresAt">): number =>
  Math.min(dueMinute(expiresAt), Math.floor((openedAt + UNCONFIRMED_SECONDS) / 60));

/**
 * True for a task without a session. No task role lists such a task, so the sweep finds its deadline only in the due
 * list.
 */
export const needsTimer = ({ leases }: Pick<Task, "leases">): boolean => leases.length === 0;

/** True for a task that was never issued to its agent, and never will be. */
export const isUnheld = ({ confirmed, openedAt }: Pick<Task, "confirmed" | "openedAt">, nowSeconds: number): boolean =>
  !confirmed && openedAt + UNCONFIRMED_SECONDS <= nowSeconds;

/**
 * Upper bound on the access keys of earlier sessions in a lease. A lease is issued at most once in ten seconds
 * (`RENEWAL_SECONDS`), and a session allows nothing after 900 (`FENCE_SECONDS`). The keys of all sessions that can act
 * are thus listed.
 */
export const MOST_EARLIER_KEYS = 128;

/** Lists the access keys of a lease's sessions, the oldest first. */
export const keyIdsOf = ({ earlierKeyIds = [], accessKeyId }: SessionLease): readonly string[] =>
  accessKeyId === undefined ? earlierKeyIds : [...earlierKeyIds, accessKeyId];

/** True where the lease had more sessions than it lists keys. A key that is not listed may then have been its own. */
export const hasForgottenKeys = ({ earlierKeyIds = [] }: SessionLease): boolean =>
  earlierKeyIds.length >= MOST_EARLIER_KEYS;
