import type { Limited } from "./rate-limit.ts";

/**
 * Counters of each caller's requests within a window (`windowOf`). One request above the limit may pass in each process that has not
 * read the count yet.
 */
export interface RateLimits {
  /** Counts one more. @returns false where the count was `most` already. @throws {Refusal} store_unavailable. */
  count(who: string, what: Limited, most: number): Promise<boolean>;
  /** True where this process read in this window, within the last minute, that the limit was reached. Reads memory only. */
  isOver(who: string, what: Limited): boolean;
}
