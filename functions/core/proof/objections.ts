import { type Formula, TRUE } from "./diagram.ts";
import type { Formulas } from "./formulas.ts";
import type { Objection } from "./question.ts";

/** One objection, and the calls to which it applies. */
export interface Against {
  readonly objection: Objection;
  /** Formula of the calls that the objection is about. */
  readonly holds: Formula;
  /** Formulas of the calls to which the objection does not apply after all. */
  readonly unless: readonly Formulas[];
}

/** Nothing may be allowed from the fence on, whatever policy says. */
export const AFTER_THE_FENCE: readonly Against[] = [{ objection: "after the fence", holds: TRUE, unless: [] }];
