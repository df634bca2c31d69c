/** Record of when a call of a task was last heard of, by account. */
export interface Heard {
  /** Records that calls of these accounts were heard of now; writes at most once an hour for each. */
  hear(accounts: readonly string[]): Promise<void>;
  /** Reads the latest time of each account that was ever heard of; epoch seconds, up to an hour old. */
  all(): Promise<ReadonlyMap<string, number>>;
}

/** Time for which an account counts as heard after one call; seconds. */
export const HEARD_SECONDS = 86_400;

/** Difference of clocks that is no fault; seconds. */
const SKEW_SECONDS = 300;

/**
 * Returns true where no call of an account was heard of for a day. A time that is still to come is not believed: whoever writes it once would keep the
 * account quiet for good.
 */
export const isSilent = (heardAt: number | undefined, now: number): boolean =>
  heardAt === undefined || heardAt > now + SKEW_SECONDS || heardAt <= now - HEARD_SECONDS;
