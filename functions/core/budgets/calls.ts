import type { Budget, HeldBudget } from "./budget.ts";
import { BUDGET_CLOCK_SECONDS } from "./spent.ts";

/**
 * Parts into which a window is divided. Signatures are counted by parts, since a list of thousands of times would be
 * written with each of them. A signature is counted for up to a part longer than its window.
 */
const PARTS = 60;

/** Signatures of one holder, by the number of the part since the epoch. */
export type CalledIn = ReadonlyMap<number, number>;

/** Signatures of a holder of a budget. */
export interface CalledBy {
  readonly holder: string;
  readonly called: CalledIn;
}

/** Counts of signatures. Only `sign` writes them. */
export interface CallCounts {
  /**
   * Reads what was counted, strongly.
   * @throws {Refusal} store_unavailable.
   */
  read(held: HeldBudget): Promise<CalledIn>;
  /**
   * Lists what was counted for the holders of a budget after one, in order, strongly.
   * @throws {Refusal} store_unavailable.
   */
  list(
    of: Pick<HeldBudget, "name" | "scope" | "window">,
    after: string | undefined,
    most: number,
  ): Promise<readonly CalledBy[]>;
  /**
   * Counts one signature in a part, and drops parts, in one atomic step: no two signatures get the same count.
   * @returns what is counted with this signature.
   * @throws {Refusal} store_unavailable.
   */
  count(held: HeldBudget, part: number, drop: readonly number[]): Promise<CalledIn>;
}

/** Length of a part; seconds. */
const secondsOf = ({ window }: Pick<Budget, "window">): number => Math.ceil(window / PARTS);

/** Number of the part in which a signature counts. */
export const partOf = (budget: Pick<Budget, "window">, nowSeconds: number): number =>
  Math.floor(nowSeconds / secondsOf(budget));

/** Second from which a part counts no more. */
const endOf = (part: number, budget: Pick<Budget, "window">): number =>
  (part + 1) * secondsOf(budget) + budget.window + BUDGET_CLOCK_SECONDS;

/** Counts the signatures that may be inside the budget's window. */
export const calledIn = (called: CalledIn, budget: Pick<Budget, "window">, nowSeconds: number): number =>
  [...called].reduce((sum, [part, count]) => (endOf(part, budget) > nowSeconds ? sum + count : sum), 0);

/** Lists the parts that count no more. */
export const overIn = (called: CalledIn, budget: Pick<Budget, "window">, nowSeconds: number): readonly number[] =>
  [...called.keys()].filter((part) => endOf(part, budget) <= nowSeconds);

/**
 * Computes from when on the budget allows a further signature.
 * @returns epoch seconds, or undefined where it allows one now.
 */
export function callFreeAt(
  called: CalledIn,
  budget: Pick<Budget, "count" | "window">,
  nowSeconds: number,
): number | undefined {
  let left = calledIn(called, budget, nowSeconds);
  if (left < budget.count) return undefined;
  for (const [part, count] of [...called].toSorted(([a], [b]) => a - b)) {
    const end = endOf(part, budget);
    if (end <= nowSeconds) continue;
    left -= count;
    if (left < budget.count) return end;
  }
  return undefined;
}

/** Second from which a part counts no more by any clock. */
export const countsUntil = (part: number, budget: Pick<Budget, "window">): number =>
  endOf(part, budget) + BUDGET_CLOCK_SECONDS;
