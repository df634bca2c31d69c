import type { Delegated, Delegation } from "../delegation/delegation.ts";
import type { Detail } from "../intent/detail.ts";
import type { ChainHead } from "../journal/event.ts";
import type { ConnectorLease } from "./connector-lease.ts";
import type { TaskPath } from "./path.ts";

/**
 * `active` is the only status in which anything is issued; the others are final.
 * `withdrawn`: recorded, but handed out to nobody, since something failed; the same request may try again.
 */
export type TaskStatus = "active" | "completed" | "revoked" | "expired" | "withdrawn";
export type EndedStatus = Exclude<TaskStatus, "active">;

/** A change of status that is final. */
export interface Ending {
  readonly status: EndedStatus;
  /** Epoch seconds. */
  readonly endedAt: number;
  readonly outcome?: Outcome;
}

/** A task that has ended, listed until nothing is alive below it. */
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
  /** Facts of the opening that policy was told and is told again at each renewal. */
  readonly facts: TaskFacts;
  readonly purpose: string;
  readonly details: readonly Detail[];
  readonly leases: readonly Lease[];
  /** Credentials that connectors have issued for it, beside the sessions of AWS. */
  readonly connectorLeases?: readonly ConnectorLease[];
  readonly status: TaskStatus;
  readonly openedAt: number;
  /** The deadline: nothing of the task outlives it. */
  readonly expiresAt: number;
  readonly endedAt?: number;
  readonly outcome?: Outcome;
  /** The tokens that hold it: one, and one more for each idempotent repeat. */
  readonly tokens: readonly TaskToken[];
  readonly presentations: readonly Presentation[];
  readonly delegations: readonly Delegation[];
  /** Somebody may hold it: written right before it is handed out. A task without is ended as `withdrawn` within two minutes. */
  readonly confirmed?: boolean;
  /** It has given a delegation at some time, so that there can be tasks below it. */
  readonly hasDelegated?: boolean;
  /** Of a child: on whose delegation it works. */
  readonly delegated?: Delegated;
  readonly chain: ChainHead;
  /** The exchange's signature over what later requests believe of it (`sealedFieldsOf`). */
  readonly seal: string;
}

/** A token that holds a task. */
export interface TaskToken {
  /** SHA-256 */
  readonly hash: string;
  /** Seal of each token but the first, which the task's own seal covers. */
  readonly seal?: string;
}

/** Claims of the agent's token, so that a renewal is decided on what the opening was decided on. */
export interface TaskFacts {
  /** Claims that some policy read when the task was opened, and no others: they may be personal data. */
  readonly claims: Readonly<Record<string, string>>;
  /** Names of claims that some policy read then and the token did not have. What is in neither, the record does not know. */
  readonly absent?: readonly string[];
  /** Where it was asked for from: what a session that is bound to an address is bound to. */
  readonly sourceIp?: string;
}

/** One credential issued for one AWS detail, renewed in place. Recorded as `issuing` before anything is handed out. */
export interface Lease {
  /** `aws-0`: unique in its task. */
  readonly name: string;
  readonly account: string;
  /** The task role's name in that account. */
  readonly role: string;
  /** Which of the task's details it is for. */
  readonly detail: number;
  readonly state: "issuing" | "issued";
  /** Number of the journal event that recorded this issue of it: an answer of STS belongs to one issue and no other. */
  readonly event: number;
  /** When the last STS call for it was begun; epoch seconds by our clock. */
  readonly startedAt: number;
  /** The moment from which on the session allows nothing; epoch seconds. */
  readonly fenceAt: number;
  /** The latest fence of its sessions before this one, where that is later still. */
  readonly earlierFenceAt?: number;
  /** The join key to CloudTrail. */
  readonly accessKeyId?: string;
  /** By STS's clock: its `Expiration` less the duration asked for. */
  readonly issuedAt?: number;
}

/** A weaker token: good for introspection by one tool server only. */
export interface Presentation {
  readonly hash: string;
  readonly server: string;
  readonly expiresAt: number;
  readonly seal: string;
}

export interface Outcome {
  readonly result: "success" | "failure";
  readonly detail?: string;
}

/** Tokens that one task may have at a time. */
export const TOKEN_LIMITS = { tokens: 16, presentations: 10 } as const;

/** STS issues nothing shorter than 900 s, and a role that is assumed from a role (as ours is) nothing longer than an hour. */
export const STS_SECONDS = { least: 900, most: 3_600 } as const;

/** How long a session lives by its fence, at most; it is renewed while its task lives. */
export const FENCE_SECONDS = 900;

/** One STS call per lease in so many seconds (docs/design.md#limits-of-a-request). */
export const RENEWAL_SECONDS = 10;

/** Seconds that a task lives unless it asks for less or more. */
export const TASK_SECONDS = { default: 900, most: 43_200 } as const;

/** The fence of a session issued now: I4, no fence outlives its task's deadline. Epoch seconds. */
export const fenceFor = (task: Pick<Task, "expiresAt">, nowSeconds: number): number =>
  Math.min(Math.floor(nowSeconds) + FENCE_SECONDS, task.expiresAt);

/** Whether anything may be issued for it at this moment; an expired item that is still there is gone. */
export const isLive = (task: Pick<Task, "status" | "expiresAt">, nowSeconds: number): boolean =>
  task.status === "active" && nowSeconds < task.expiresAt;

/** How long after its deadline a task that nobody has ended still stands in the list of its agent's live tasks, since clocks differ; seconds. */
export const LIVE_MARGIN_SECONDS = 120;

/** How long after its opening a task that nobody has confirmed belongs to nobody: no request takes so long; seconds. */
export const UNCONFIRMED_SECONDS = 60;

/** `TIMER#<minute>`: the first whole minute at which the deadline has passed, as minutes since the epoch. */
export const dueMinute = (expiresAt: number): number => Math.ceil(expiresAt / 60);

/**
 * In whose list a new task stands first: of the minute in which it will belong to nobody unless it is confirmed, or of its deadline, where that is
 * earlier. The sweep puts it into the list of its deadline then.
 */
export const firstLookMinute = ({ openedAt, expiresAt }: Pick<Task, "openedAt" | "expiresAt">): number =>
  Math.min(dueMinute(expiresAt), Math.floor((openedAt + UNCONFIRMED_SECONDS) / 60));

/** True where the sweep may assume that nobody holds the task, and nobody ever will. */
export const isUnheld = ({ confirmed, openedAt }: Pick<Task, "confirmed" | "openedAt">, nowSeconds: number): boolean =>
  !confirmed && openedAt + UNCONFIRMED_SECONDS <= nowSeconds;
