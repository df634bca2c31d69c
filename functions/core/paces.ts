import type { Paced } from "./pace.ts";

/** How often each caller does something in a minute. Soft by as many as there are processes that have not been told yet. */
export interface Paces {
  /** Counts one more. @returns false where there were `most` already. @throws {Refusal} store_unavailable. */
  count(who: string, what: Paced, most: number): Promise<boolean>;
  /** Whether this process has been told so in this minute. Asks nobody. */
  isOver(who: string, what: Paced): boolean;
}
