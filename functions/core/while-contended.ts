import { Refusal } from "./refusal.ts";

/** An attempt at a change that others may make at the same moment. */
export interface Attempt {
  /** Counted from 1. */
  readonly number: number;
  /** No further attempt follows: what could be waited for is refused instead. */
  readonly isLast: boolean;
}

/** The next attempt, after whatever pause is due before it; nothing where the attempts are used up. */
export type NextAttempt = (before: Attempt) => Promise<Attempt>;

export const FIRST_ATTEMPT: Attempt = { number: 1, isLast: false };

/**
 * Repeats work that was refused as `contended`: somebody else changed the same thing between its read and its write, and nothing was written.
 * The work must read again what it changes from its second attempt on.
 * @param next says when the next attempt begins and whether it is the last.
 * @throws {Refusal} contended from the last attempt, and whatever else the work throws, at once.
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

/** Attempts without a pause between them: an ending is never the one that gives way. */
export const withoutPause =
  (most: number): NextAttempt =>
  async ({ number }) => ({ number: number + 1, isLast: number + 1 >= most });
