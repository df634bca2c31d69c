import type { Scenario } from "./arbitrary/scenarios.ts";
import type { Vended } from "./vend.ts";

/** A scenario and the result of its vend. */
export interface Seen {
  readonly scenario: Scenario;
  readonly vended: Vended;
}

export type Feature = (seen: Seen) => boolean;
