import { median } from "../statistics.ts";

/** Kept ratio of a vend's CPU time to that of the bare libraries, and how far above it a vend may be. Lower the ratio where a change has made vends cheaper. */
export const KEPT = { ratio: 0.96, mayGrowBy: 0.2 } as const;

/** Standard deviations of a normal distribution that hold 99 % of it. */
const DEVIATIONS = 2.576;

/** Interval that holds a median, with 99 % certainty. */
export interface Interval {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

/**
 * Computes the interval of a median from the ranks of the values (binomial, by its normal approximation), which assumes nothing of their distribution:
 * some rounds in which other work got in between move no rank far.
 * @throws {RangeError} for fewer than 11 values, which say too little.
 */
export function medianInterval(values: readonly number[]): Interval {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.floor((sorted.length - DEVIATIONS * Math.sqrt(sorted.length)) / 2);
  const [low, high] = [sorted[rank - 1], sorted[sorted.length - rank]];
  if (low === undefined || high === undefined) throw new RangeError("an interval needs 11 values or more");
  return { low, middle: median(values), high };
}

export type Outcome = "within" | "regression" | "too noisy";

/** Tells whether the ratios of the rounds are certainly within the bound, certainly above it, or neither. */
export function outcomeOf(
  ratios: readonly number[],
  kept: { readonly ratio: number; readonly mayGrowBy: number } = KEPT,
): Outcome {
  const { low, high } = medianInterval(ratios);
  const most = kept.ratio * (1 + kept.mayGrowBy);
  if (high <= most) return "within";
  return low > most ? "regression" : "too noisy";
}

/** Exit codes of the check: a run that tells nothing is not a pass. */
export const EXIT_CODES = { within: 0, regression: 3, "too noisy": 4 } as const satisfies Record<Outcome, number>;
