import type { EndedEntry, RoleEntry } from "./role-entry.ts";
import { BEGUN_SECONDS, SKEW_SECONDS } from "./role-state.ts";

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
