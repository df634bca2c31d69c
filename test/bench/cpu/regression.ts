import { median } from "../statistics.ts";

/**
 * Recorded ratio of a vend's CPU time to that of the bare libraries, with the allowed growth. Lower the ratio where a
 * change has made vends cheaper.
 */
export const KEPT = { ratio: 0.96, mayGrowBy: 0.2 } as const;

/** Number of standard deviations around the mean that contain 99 % of a normal distribution. */
const DEVIATIONS = 2.576;

/** Interval that contains a median, with 99 % certainty. */
export interface Interval {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

/**
 * Computes the interval of a median from the ranks of the values (binomial, by its normal approximation). Ranks assume
 * no distribution, and a few rounds that other work disturbed change them little.
 * @throws {RangeError} for fewer than 11 values.
 */
export function medianInterval(values: readonly number[]): Interval {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.floor((sorted.length - DEVIATIONS * Math.sqrt(sorted.length)) / 2);
  const [low, high] = [sorted[rank - 1], sorted[sorted.length - rank]];
  if (low === undefined || high === undefined) throw new RangeError("an interval needs 11 values or more");
  return { low, middle: median(values), high };
}

export type Outcome = "within" | "regression" | "too noisy";

/** Judges whether the ratios of the rounds are certainly within the bound, certainly above it, or neither. */
export function outcomeOf(
  ratios: readonly number[],
  kept: { readonly ratio: number; readonly mayGrowBy: number } = KEPT,
): Outcome {
  const { low, high } = medianInterval(ratios);
  const most = kept.ratio * (1 + kept.mayGrowBy);
  if (high <= most) return "within";
  return low > most ? "regression" : "too noisy";
}

/** Exit codes of the check. A run that is too noisy is not a pass. */
export const EXIT_CODES = { within: 0, regression: 3, "too noisy": 4 } as const satisfies Record<Outcome, number>;
