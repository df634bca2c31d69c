import type { Limited } from "./rate-limit.ts";

/** How often each caller does something in a minute. Soft by as many as there are processes that have not been told yet. */
export interface RateLimits {
  /** Counts one more. @returns false where there were `most` already. @throws {Refusal} store_unavailable. */
  count(who: string, what: Limited, most: number): Promise<boolean>;
  /** Whether this process has been told so in this minute. Asks nobody. */
  isOver(who: string, what: Limited): boolean;
}
