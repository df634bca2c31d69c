import type { ConditionKind, ScopeKind } from "../../../contract/names.ts";

/** Condition of the world that policies may read: a row of `conditions` in `valetkey.json`. */
export interface DefinedCondition {
  readonly name: string;
  /** Effect on policies. A proof of each use holds the policies to it (`conditionsIn`). */
  readonly kind: ConditionKind;
  readonly scopes: readonly ScopeKind[];
  /** Longest time for which it may be set; seconds. */
  readonly longestSeconds: number;
}
