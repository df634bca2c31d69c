/** Effect that a condition may have on policies. A proof of each use holds the policies to it (`conditionsIn`). */
export type ConditionKind = "restricts" | "permits";

/** Kind of place in which a condition may be set. */
export type ScopeKind = "hub" | "account" | "team" | "agent";

/** Condition of the world that policies may read: a row of `conditions` in `valetkey.json`. */
export interface DefinedCondition {
  readonly name: string;
  /** `restricts`: where it holds, policies permit no more than without it. `permits`: no less. */
  readonly kind: ConditionKind;
  readonly scopes: readonly ScopeKind[];
  /** Longest time for which it may be set; seconds. */
  readonly longestSeconds: number;
}
