import type { HeldBudget } from "../budgets/budget.ts";

/** Rules of a session that stays in the hub, beside its session policy. They are decided at each issue, and sealed with the session. */
export interface SigningRules {
  /** Budgets that count each signature. Each must allow it. */
  readonly budgets: readonly HeldBudget[];
  /** Operations of which no request is signed, and then none whose operation is unclear either. */
  readonly refused: readonly string[];
}

export const NO_RULES: SigningRules = { budgets: [], refused: [] };
