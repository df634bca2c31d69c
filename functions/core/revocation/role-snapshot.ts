import type { EndedEntry, RoleEntry } from "./role-entry.ts";
import { BEGUN_SECONDS, SKEW_SECONDS } from "./role-state.ts";

/** What the record says of a role at one moment, as far as its policy depends on it: once for each task. */
export interface RoleSnapshot {
  /** All that may be alive, all that ended and may have others below it, and what else ended last. */
  readonly entries: readonly RoleEntry[];
  /** Whether no ending is left out that may still matter: the ones left out came before any cut, and nothing but a cut denies them. */
  readonly isWhole: boolean;
}

export const whole = (entries: readonly RoleEntry[]): RoleSnapshot => ({ entries, isWhole: true });

/**
 * Up to so many endings a policy may be a list of names. Of more, no more are read than so many, and whatever ended so lately that a session of its can
 * be younger than the cut: its last STS call was begun so lately (`BEGUN_SECONDS`), and before its end, by clocks that differ and moments in whole
 * seconds, of which there are two. What each write reads does not grow with what has ended.
 */
export const LATEST = { most: 200, seconds: BEGUN_SECONDS + SKEW_SECONDS + 2 } as const;

/** Whether more of what ended, the latest first, need not be read. @param nowSeconds epoch seconds. */
export const isEnough = (ended: readonly EndedEntry[], nowSeconds: number): boolean =>
  ended.length >= LATEST.most && (ended.at(-1)?.endedAt ?? nowSeconds) < nowSeconds - LATEST.seconds;
