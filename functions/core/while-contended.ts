import { Refusal } from "./refusal.ts";

/** Attempt at a change that others may make at the same moment. */
export interface Attempt {
  /** Number of the attempt, from 1. */
  readonly number: number;
  /** True where no further attempt follows: the work then refuses instead of waiting. */
  readonly isLast: boolean;
}

/** Computes the next attempt, after the pause that is due before it. */
export type NextAttempt = (before: Attempt) => Promise<Attempt>;

export const FIRST_ATTEMPT: Attempt = { number: 1, isLast: false };

/**
 * Repeats work that was refused as `contended`. Somebody else changed the same item between its read and its write, and
 * nothing was written. From its second attempt on, the work must read the item again.
 * @param next computes the next attempt, and pauses before it.
 * @throws {Refusal} contended from the last attempt. Any other error of the work is thrown at once.
 */
export async function whileContended<T>(work: (attempt: Attempt) => Promise<T>, next: NextAttempt): Promise<T> {
  for (let attempt = FIRST_ATTEMPT; ; attempt = await next(attempt)) {
    try {
      return await work(attempt);
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "contended") || attempt.isLast) throw error;
    }
  }
}

/** Attempts without a pause between them: an ending never gives way to other changes. */
export const withoutPause =
  (most: number): NextAttempt =>
  async ({ number }) => ({ number: number + 1, isLast: number + 1 >= most });
