import type { AgentId } from "../../../contract/agent-id.ts";
import type { ChainHead } from "../journal/event.ts";
import type { TaskPath } from "../task-path.ts";

/**
 * Record of a secret that was leased exclusively at least once, or whose rotation was requested: `SECRET#` / name. Times are epoch seconds.
 * `pending_rotation`: the last holder knows the value, so the secret is not leased again before it is rotated.
 */
export interface SecretState {
  readonly name: string;
  readonly arn: string;
  readonly status: "free" | "held" | "pending_rotation";
  /** Lease that holds the secret (`holderOf`). */
  readonly holder?: string;
  /** Latest end of the lock. */
  readonly until?: number;
  /** True where the secret must be rotated before its next lease. */
  readonly rotates: boolean;
  /** Earliest rotation: before it, a session that can still read the secret would read the new value. */
  readonly rotateAfter?: number;
  readonly lastRotatedAt?: number;
  /** Time at which a rotation was requested, independently of the holder. */
  readonly askedAt?: number;
  /** True where the requested rotation must also invalidate every older value, since an agent that knows one was offboarded. */
  readonly retires?: boolean;
  /** Creation of the latest value that invalidated all older ones. */
  readonly retired?: RecordedMoment;
  /** Refusal of a requested rotation, since valetkey does not rotate the secret: a person must. */
  readonly declined?: RecordedMoment;
  /** End of the secret's journal. */
  readonly chain?: ChainHead;
}

/** Moment, with the event of the secret's journal that records it. Epoch seconds. */
export interface RecordedMoment {
  readonly at: number;
  readonly event: number;
  readonly hash: string;
}

/**
 * Delivery of a value to a lease: `SECRET#name` / `READ#version#holder`, and each agent's last one as
 * `SECRET#AGENT#agent` / name. Deliveries never expire, so that reports can list the agents that know a value.
 */
export interface SecretRead {
  readonly name: string;
  readonly arn: string;
  readonly versionId: string;
  /** Lease that received the value (`holderOf`). */
  readonly holder: string;
  readonly agent: AgentId;
  readonly at: number;
  /**
   * End of the lease's knowledge: values made later are unknown to it. Later than `at` where a session reads the secret
   * by itself.
   */
  readonly until: number;
}

/** Last delivery of a secret to an agent. */
export type SeenSecret = Pick<SecretRead, "name" | "arn" | "holder" | "until">;

/** Formats a lease as a secret's holder: `k7f3m2q9x4ab_#secret-0`. */
export const holderOf = (lease: { readonly path: TaskPath; readonly name: string }): string =>
  `${lease.path}#${lease.name}`;

/** Secret that a lease requests exclusively. */
export interface Wanted {
  readonly name: string;
  readonly arn: string;
  readonly rotates: boolean;
}

/** Records of secrets: the locks of exclusive ones, the requested rotations, and the deliveries. */
export interface SecretLocks {
  /**
   * Locks all of the secrets for the holder in one transaction, or none. The holder's existing locks remain, and so
   * does a pending rotation.
   * @throws {Refusal} secret_held, contended, store_unavailable.
   */
  take(wanted: readonly Wanted[], holder: string, untilSeconds: number): Promise<void>;
  /**
   * Releases those of the secrets that the holder has locked: free again, or `pending_rotation` where they must be
   * rotated first. Other holders' locks remain.
   * @param rotateAfter earliest rotation; epoch seconds.
   * @throws {Refusal} store_unavailable.
   */
  release(names: readonly string[], holder: string, rotateAfter: number): Promise<void>;
  /** Lists the records of all secrets, strongly read: locked, pending and free ones. */
  states(): Promise<readonly SecretState[]>;
  /** Reads a secret's record, strongly; undefined where there is none. */
  find(name: string): Promise<SecretState | undefined>;
  /**
   * Frees a secret whose rotation was due and whose current value was made at that moment, with the journal event.
   * @returns false where no rotation was due at that moment: the secret is free, in use, or due only later.
   */
  recordRotated(name: string, atSeconds: number): Promise<boolean>;
  /**
   * Requests a rotation, with the journal event, whether or not the secret is locked. Only a request that demands more
   * replaces an earlier one.
   * @throws {Refusal} contended, store_unavailable.
   */
  requestRotation(secret: RotationRequest, by: string, atSeconds: number): Promise<SecretState>;
  /**
   * Closes exactly that request, and none that is later or demands more: the value made at `atSeconds` fulfils the
   * request.
   */
  recordDone(name: string, request: RotationRequestRef, atSeconds: number): Promise<boolean>;
  /** Declines exactly that request, since valetkey does not rotate the secret. */
  recordDeclined(name: string, request: RotationRequestRef, atSeconds: number): Promise<boolean>;
  /** Records deliveries. Call it before the values are issued. Idempotent. @throws {Refusal} store_unavailable. */
  recordReads(reads: readonly SecretRead[]): Promise<void>;
  /** Lists the deliveries of a version's value. */
  readers(name: string, versionId: string): Promise<readonly SecretRead[]>;
  /** Lists the last delivery of each secret that the agent was ever given, strongly read. */
  seenBy(agent: AgentId): Promise<readonly SeenSecret[]>;
}

/** Request for a rotation. With `retires` the rotation must also invalidate every older value. */
export type RotationRequest = Pick<SecretState, "name" | "arn" | "retires">;
/** Reference to a recorded request for a rotation. */
export type RotationRequestRef = Pick<SecretState, "askedAt" | "retires">;

/** Time for which an unreleased lock remains beyond its end, since clocks differ; seconds. */
export const LOCK_MARGIN_SECONDS = 60;

/**
 * True where the holder may lock the secret now. An expired lock does not block, unless the secret must be rotated
 * first.
 */
export function isTakeable(state: SecretState | undefined, holder: string, nowSeconds: number): boolean {
  if (!state || state.status === "free") return true;
  if (state.status === "pending_rotation") return false;
  return state.holder === holder || (!state.rotates && (state.until ?? 0) + LOCK_MARGIN_SECONDS <= nowSeconds);
}

/** True where the secret's last use is over, released or not, so that its rotation is due. */
export const isRotationDue = (state: SecretState, nowSeconds: number): boolean => usedUntil(state) <= nowSeconds;

/**
 * Returns the moment until which the last holder may read values, epoch seconds; infinity where no rotation after use is due.
 */
export function usedUntil(state: SecretState): number {
  if (state.status === "pending_rotation") return state.rotateAfter ?? 0;
  return state.status === "held" && state.rotates ? (state.until ?? 0) + LOCK_MARGIN_SECONDS : Number.POSITIVE_INFINITY;
}

/**
 * Returns the moment from which a new value counts as the rotation: the earlier of the use's end and the request; epoch
 * seconds.
 */
export const rotationDueAt = (state: SecretState): number =>
  Math.min(usedUntil(state), state.askedAt ?? Number.POSITIVE_INFINITY);

/** Computes `Retry-After` for a secret that is not free; 1 to 3,600 seconds. */
export function waitFor(state: SecretState | undefined, nowSeconds: number): number {
  const until = state?.status === "held" ? (state.until ?? 0) : (state?.rotateAfter ?? 0);
  return Math.min(3_600, Math.max(1, Math.ceil(until - nowSeconds)));
}
