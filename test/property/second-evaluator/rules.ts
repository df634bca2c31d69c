import type { Token } from "./token.ts";

/** Properties of a condition operator, e.g. `ForAnyValue:StringNotLikeIfExists`. */
export interface Operator {
  readonly set: "ForAllValues" | "ForAnyValue" | undefined;
  readonly isNegated: boolean;
  readonly ifExists: boolean;
}

export type Decision = "allowed" | "explicit deny" | "implicit deny";

/**
 * The rules of IAM, each of which could be implemented wrongly. A test replaces each with a wrong one, and expects the
 * truth tables to fail.
 */
export interface Rules {
  isAny(character: string): boolean;
  special(character: string): readonly Token[];
  fold(name: string): string;
  segments(arn: string): readonly string[];
  isNot(matches: boolean): boolean;
  all(answers: readonly boolean[]): boolean;
  ofValues(answers: readonly boolean[], isNegated: boolean): boolean;
  ofSet(answers: readonly boolean[], set: "ForAllValues" | "ForAnyValue"): boolean;
  missing(operator: Operator): boolean;
  isNull(values: readonly string[] | undefined): boolean;
  decision(effects: ReadonlySet<"Allow" | "Deny">): Decision;
}

export const RULES: Rules = {
  /** An asterisk is any combination of characters, and a question mark any single one: "IAM JSON policy elements: Resource". */
  isAny: () => true,

  /** `${*}`, `${?}` and `${$}` are the characters themselves: "IAM policy elements: Variables and tags", "Specifying special characters". */
  special: (character) => [{ character }],

  /** Names of actions and of context keys have no case: "IAM JSON policy elements: Action", "IAM JSON policy elements: Condition". */
  fold: (name) => name.toLowerCase(),

  /**
   * `arn:partition:service:region:account:resource`. The resource may contain colons, and a wildcard stays within its
   * part: "Amazon Resource Names (ARNs)".
   */
  segments: (arn) => {
    const parts = arn.split(":");
    return parts.length < 6 ? [arn] : [...parts.slice(0, 5), parts.slice(5).join(":")];
  },

  /**
   * `NotAction` and `NotResource` match everything but the names in them: "IAM JSON policy elements: NotAction",
   * "NotResource".
   */
  isNot: (matches) => !matches,

  /** Operators, and keys of one operator, are joined by AND: "Conditions with multiple context keys or values". */
  all: (answers) => answers.every(Boolean),

  /** Values of one key are joined by OR, and by NOR where the operator is negated: the same page. */
  ofValues: (answers, isNegated) => answers.some(Boolean) !== isNegated,

  /** ForAllValues: every value of the request matches. ForAnyValue: at least one does. "Single-valued vs. multivalued context keys". */
  ofSet: (answers, set) => (set === "ForAllValues" ? answers.every(Boolean) : answers.some(Boolean)),

  /**
   * A key that the request does not have. `...IfExists` is true. ForAllValues is true and ForAnyValue false, whatever
   * follows. Otherwise the negated operators are true and the others false. "IAM JSON policy elements: Condition
   * operators", "Single-valued vs. multivalued context keys".
   */
  missing: ({ set, isNegated, ifExists }) => ifExists || (set === undefined ? isNegated : set === "ForAllValues"),

  /**
   * `Null` is true where the key is missing or has no value: "Condition operators", "Condition operator to check
   * existence of condition keys".
   */
  isNull: (values) => values === undefined || values.length === 0,

  /** An explicit Deny precedes any Allow; without an Allow the deny is implicit: "Policy evaluation logic". */
  decision: (effects) => (effects.has("Deny") ? "explicit deny" : effects.has("Allow") ? "allowed" : "implicit deny"),
};
