import type { AccountId } from "../deployment/account-id.ts";
import type { TaskPath } from "../task-path.ts";
import type { EndedEntry, RoleEntry } from "./role-entry.ts";
import { BEGUN_SECONDS, SKEW_SECONDS } from "./role-state.ts";

/** Task role of an account. */
export interface RoleRef {
  readonly account: AccountId;
  readonly role: string;
}

/** Entries of a role at one moment, one for each task. The role's policy is rendered from them. */
export interface RoleSnapshot {
  /** Active tasks, ended tasks that delegated, and the latest of the other ended tasks. */
  readonly entries: readonly RoleEntry[];
  /**
   * True where the entries include every ending that may still matter. Endings that are left out came before any cut,
   * and only a cut denies them.
   */
  readonly isWhole: boolean;
}

export const whole = (entries: readonly RoleEntry[]): RoleSnapshot => ({ entries, isWhole: true });

/**
 * Endings that a snapshot reads: the latest `most`, and all of the last `seconds`. Up to `most` a policy may be a list
 * of names. A task that ended earlier than `seconds` ago made its last STS call before the cut (`BEGUN_SECONDS`, the
 * difference of clocks, and two moments in whole seconds). The reads of each write thus do not grow with the number of
 * endings.
 */
export const LATEST = { most: 200, seconds: BEGUN_SECONDS + SKEW_SECONDS + 2 } as const;

/** True where no more endings need to be read. @param ended the endings read so far, the latest first. @param nowSeconds epoch seconds. */
export const isEnough = (ended: readonly EndedEntry[], nowSeconds: number): boolean =>
  ended.length >= LATEST.most && (ended.at(-1)?.endedAt ?? nowSeconds) < nowSeconds - LATEST.seconds;

export interface Roles {
  /** Reads the entries that the role's policy depends on, strongly consistent. @param nowSeconds epoch seconds. */
  snapshot(role: RoleRef, nowSeconds: number): Promise<RoleSnapshot>;
  /** Reads every task that may have had a live session in the role at a moment, strongly consistent. @param atSeconds epoch seconds. */
  issued(role: RoleRef, atSeconds: number): Promise<readonly RoleEntry[]>;
  /** Lists the tasks that have not ended yet in the role, including those after their deadline; strongly consistent. */
  living(role: RoleRef): Promise<readonly RoleEntry[]>;
  /**
   * Removes the entry that a task left in the list of active tasks when its lease moved to another role. Call it only
   * where the task has ended and `mayBeAlive` is false.
   */
  forget(role: RoleRef, path: TaskPath): Promise<void>;
}

/** Queue of roles whose revocation policy must be written again. The relay and the sweep send, `reconcile` receives. */
export interface RevocationQueue {
  /** Sends each role once. Each role has a FIFO group of its own, so that it has one writer at a time. */
  send(roles: readonly RoleRef[]): Promise<void>;
}

/** Messages received from the revocation queue. */
export interface RevocationMessages {
  /** Hides a message, and with it its group, for some seconds more; then SQS delivers it again. */
  postpone(receiptHandle: string, seconds: number): Promise<void>;
}
