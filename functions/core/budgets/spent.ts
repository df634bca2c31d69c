import { BUDGET_LIMITS } from "../../../contract/limits.ts";
import { Refusal } from "../refusal.ts";
import type { Budget } from "./budget.ts";

/**
 * Times at which grants were counted, oldest first: 4 bytes each, epoch seconds, the most significant byte first. Holds
 * the newest ones only, as many as any budget may count.
 */
export type Spent = Uint8Array;

export const NOTHING_SPENT: Spent = new Uint8Array();

/**
 * Seconds by which two processes' clocks may differ. Each window is longer by that, so that a fast clock never counts a
 * grant too late, and a slow one never frees it too early.
 */
export const BUDGET_CLOCK_SECONDS = 10;

const BYTES = 4;

/**
 * Computes from when on the budget allows a further grant.
 * @returns epoch seconds, or undefined where it allows one now.
 */
export function freeAt(spent: Spent, { count, window }: Pick<Budget, "count" | "window">, nowSeconds: number) {
  const ends = timesIn(spent).map((at) => at + window + BUDGET_CLOCK_SECONDS);
  const counted = ends.filter((end) => end > nowSeconds);
  return counted.length < count ? undefined : counted[counted.length - count];
}

/** Counts the grants that are inside the budget's window. */
export const spentIn = (spent: Spent, { window }: Pick<Budget, "window">, nowSeconds: number): number =>
  timesIn(spent).filter((at) => at + window + BUDGET_CLOCK_SECONDS > nowSeconds).length;

/** Second at which a grant counts. A part of a second counts as a whole one, against the asker. */
export const secondOf = (nowMs: number): number => Math.ceil(nowMs / 1_000);

/** Counts a grant. Drops what no budget counts any more. */
export const spend = (spent: Spent, atSeconds: number): Spent => packed(pruned([...timesIn(spent), atSeconds]));

/** Gives a grant back that was counted at that second, where it is there. Each grant must be given back once at most. */
export function giveBack(spent: Spent, atSeconds: number): Spent {
  const times = timesIn(spent);
  const index = times.indexOf(atSeconds);
  return index < 0 ? spent : packed(times.toSpliced(index, 1));
}

/** Newest second that is counted; undefined where there is none. */
export const newestIn = (spent: Spent): number | undefined => timesIn(spent).at(-1);

/** Longest time for which a grant may count; seconds. */
export const COUNTED_SECONDS = BUDGET_LIMITS.window + 2 * BUDGET_CLOCK_SECONDS;

/**
 * Keeps the newest times. They are dropped by their number alone, since a budget may get a longer window with new
 * policies, and one process's clock may be far ahead.
 */
const pruned = (times: readonly number[]): readonly number[] =>
  times.toSorted((a, b) => a - b).slice(-BUDGET_LIMITS.count);

/** @throws {Refusal} store_unavailable for bytes that are no such times: to read them as fewer grants would allow more. */
function timesIn(spent: Spent): readonly number[] {
  if (spent.byteLength % BYTES !== 0) throw new Refusal("store_unavailable", { why: "budget", retryAfterSeconds: 1 });
  const view = new DataView(spent.buffer, spent.byteOffset, spent.byteLength);
  return Array.from({ length: spent.byteLength / BYTES }, (_, index) => view.getUint32(index * BYTES));
}

function packed(times: readonly number[]): Spent {
  const view = new DataView(new ArrayBuffer(times.length * BYTES));
  for (const [index, at] of times.entries()) view.setUint32(index * BYTES, at);
  return new Uint8Array(view.buffer);
}
