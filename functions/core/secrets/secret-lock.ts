import type { ChainHead } from "../journal/event.ts";
import type { TaskPath } from "../tasks/path.ts";

/**
 * A secret that was leased to one task at a time at least once, or that somebody asked to have rotated: `SECRET#` / name. Times are epoch seconds.
 * `pending_rotation`: its last holder knows the value, so nobody gets it before it was rotated.
 */
export interface SecretState {
  readonly name: string;
  readonly arn: string;
  readonly status: "free" | "held" | "pending_rotation";
  /** Whose it is while it is held. */
  readonly holder?: string;
  /** Until when it is held at most. */
  readonly until?: number;
  /** Whether it has to be rotated before anybody else gets it. */
  readonly rotates: boolean;
  /** Rotated earlier, a session that can still read it would read the new value. */
  readonly rotateAfter?: number;
  readonly lastRotatedAt?: number;
  /** Somebody wants it rotated, whoever holds it. */
  readonly askedAt?: number;
  /** With that, nothing older may open anything any more: an agent that has seen it is gone. */
  readonly retires?: boolean;
  /** The latest value before which nothing opens anything any more: when it was made. */
  readonly retired?: Told;
  /** It was asked for, and valetkey does not rotate this one: a matter for a person. */
  readonly declined?: Told;
  /** The end of its journal. */
  readonly chain?: ChainHead;
}

/** A moment, and the event of the secret's own journal that says so. */
export interface Told {
  readonly at: number;
  readonly event: number;
  readonly hash: string;
}

/**
 * That a lease got a value: `SECRET#name` / `READ#version#holder`, and the last of each agent as `SECRET#AGENT#agent` / name. Kept for as long as
 * anybody may want to know who has seen it.
 */
export interface SecretRead {
  readonly name: string;
  readonly arn: string;
  readonly versionId: string;
  /** The lease. */
  readonly holder: string;
  readonly agent: string;
  readonly at: number;
  /** A value that is made after this moment is not known by it: later than `at` where a session reads the secret by itself. */
  readonly until: number;
}

/** The last that an agent was given of a secret. */
export type SeenSecret = Pick<SecretRead, "name" | "arn" | "holder" | "until">;

/** One lease: `k7f3m2q9x4ab.#secret-0` */
export const holderOf = (lease: { readonly path: TaskPath; readonly name: string }): string =>
  `${lease.path}#${lease.name}`;

/** A secret that a lease wants for itself. */
export interface Wanted {
  readonly name: string;
  readonly arn: string;
  readonly rotates: boolean;
}

/** Which secrets are leased to whom. Only those that one task at a time may have are known here. */
export interface SecretLocks {
  /**
   * All of them for this holder, in one transaction, or none. What it holds already stays its own, and what has to be rotated stays so.
   * @throws {Refusal} secret_held, contended, store_unavailable.
   */
  take(wanted: readonly Wanted[], holder: string, untilSeconds: number): Promise<void>;
  /**
   * What this holder holds of them is free, or waits for its rotation where it has to be rotated. What others hold stays theirs.
   * @param rotateAfter before that, it may not be rotated.
   * @throws {Refusal} store_unavailable.
   */
  release(names: readonly string[], holder: string, rotateAfter: number): Promise<void>;
  /** Every secret that is known here, strongly read: held ones, those that wait for a rotation, and free ones. */
  states(): Promise<readonly SecretState[]>;
  /** One of them, as it is now. */
  find(name: string): Promise<SecretState | undefined>;
  /**
   * A value that was made at that moment is in force, so it is free; with its journal event.
   * @returns false where it does not wait for that: it is free, somebody holds it, or it has to be rotated after that moment.
   */
  recordRotated(name: string, atSeconds: number): Promise<boolean>;
  /**
   * It has to be rotated, whoever holds it; with its journal event. The first who asks is remembered, unless who comes later wants more.
   * @throws {Refusal} contended, store_unavailable.
   */
  requestRotation(secret: RotationRequest, by: string, atSeconds: number): Promise<SecretState>;
  /** What was asked for at that moment, and not later nor for more, is done: by a value that was made at `atSeconds`. */
  recordDone(name: string, asked: Asked, atSeconds: number): Promise<boolean>;
  /** What was asked for at that moment is not done: valetkey does not rotate it. */
  recordDeclined(name: string, asked: Asked, atSeconds: number): Promise<boolean>;
  /** Before the values are handed out. May be said again. @throws {Refusal} store_unavailable. */
  recordReads(reads: readonly SecretRead[]): Promise<void>;
  /** Who got the value of that version. */
  readers(name: string, versionId: string): Promise<readonly SecretRead[]>;
  /** Every secret that the agent was ever given, strongly read. */
  seenBy(agent: string): Promise<readonly SeenSecret[]>;
}

/** What somebody wants: `retires` where nothing older may open anything afterwards. */
export type RotationRequest = Pick<SecretState, "name" | "arn" | "retires">;
export type Asked = Pick<SecretState, "askedAt" | "retires">;

/** How long after its time a hold that nobody released is still honoured, since clocks differ; seconds. */
export const LOCK_MARGIN_SECONDS = 60;

/** Whether the holder may have it now. A hold that has run out is none, but a secret that has to be rotated is not free before that. */
export function isTakeable(state: SecretState | undefined, holder: string, nowSeconds: number): boolean {
  if (!state || state.status === "free") return true;
  if (state.status === "pending_rotation") return false;
  return state.holder === holder || (!state.rotates && (state.until ?? 0) + LOCK_MARGIN_SECONDS <= nowSeconds);
}

/** Whether it has to be rotated now: its last use is over, even where nobody said so. */
export const isRotationDue = (state: SecretState, nowSeconds: number): boolean => usedUntil(state) <= nowSeconds;

/** A value that was made before this moment may have been seen by the last holder; never, where nothing was used. */
export function usedUntil(state: SecretState): number {
  if (state.status === "pending_rotation") return state.rotateAfter ?? 0;
  return state.status === "held" && state.rotates ? (state.until ?? 0) + LOCK_MARGIN_SECONDS : Number.POSITIVE_INFINITY;
}

/** When a value has to be made for it to be rotated: whichever is first, after its use, or because somebody asked. */
export const rotationDueAt = (state: SecretState): number =>
  Math.min(usedUntil(state), state.askedAt ?? Number.POSITIVE_INFINITY);

/** Seconds after which asking again makes sense, for `Retry-After`: 1 to 3,600. */
export function waitFor(state: SecretState | undefined, nowSeconds: number): number {
  const until = state?.status === "held" ? (state.until ?? 0) : (state?.rotateAfter ?? 0);
  return Math.min(3_600, Math.max(1, Math.ceil(until - nowSeconds)));
}
