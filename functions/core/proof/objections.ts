import { type Formula, TRUE } from "./diagram.ts";
import type { Formulas } from "./formulas.ts";
import type { Objection } from "./question.ts";

/** An objection, and the calls to which it applies. */
export interface Against {
  readonly objection: Objection;
  /** Formula of the calls to which the objection applies, but for `unless`. */
  readonly holds: Formula;
  /** Formulas of the calls to which the objection does not apply. */
  readonly unless: readonly Formulas[];
}

/** From the fence on nothing may be allowed, whatever the policies permit. */
export const AFTER_THE_FENCE: readonly Against[] = [{ objection: "after the fence", holds: TRUE, unless: [] }];
