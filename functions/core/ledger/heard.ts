import type { AccountId } from "../deployment/account-id.ts";
/** Record of the latest call of a task that reached the hub, by account. */
export interface Heard {
  /** Records that calls of these accounts arrived now; writes at most once an hour for each. */
  hear(accounts: readonly AccountId[]): Promise<void>;
  /** Reads the latest time of each account from which a call ever arrived; epoch seconds, up to an hour old. */
  all(): Promise<ReadonlyMap<string, number>>;
}

/** Time for which an account counts as heard after one call; seconds. */
export const HEARD_SECONDS = 86_400;

/** Tolerated difference between clocks; seconds. */
const SKEW_SECONDS = 300;

/**
 * True where no call of an account has arrived for a day. A time in the future counts as none: otherwise one such write
 * would hide the account's silence for ever.
 */
export const isSilent = (heardAt: number | undefined, now: number): boolean =>
  heardAt === undefined || heardAt > now + SKEW_SECONDS || heardAt <= now - HEARD_SECONDS;
