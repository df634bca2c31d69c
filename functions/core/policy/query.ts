import type { Entity, EntityUid } from "../entity.ts";
import type { StatedPolicy } from "../proof/question.ts";

/** Question for Cedar: may this principal do this action on this resource, in this context? */
export interface Query {
  readonly principal: EntityUid;
  readonly action: EntityUid;
  readonly resource: EntityUid;
  readonly context: Readonly<Record<string, unknown>>;
  readonly entities: readonly Entity[];
}

/** Cedar's answer. Callers must check `errored`: Cedar skips a policy that errs, even a forbid. */
export interface Evaluation {
  readonly allowed: boolean;
  /** Ids of the policies that decided. */
  readonly deciding: readonly string[];
  readonly errored: readonly string[];
}

/** Residual of a policy with unknowns, in Cedar's JSON expression format. */
export interface Residual {
  readonly policy: string;
  readonly effect: "permit" | "forbid";
  readonly body: unknown;
}

export interface PartialEvaluation {
  readonly residuals: readonly Residual[];
  readonly errored: readonly string[];
}

/** Facts about a policy, other than its text. */
export interface PolicyFacts {
  readonly id: string;
  readonly effect: "permit" | "forbid";
  readonly annotations: Readonly<Record<string, string>>;
}

/** Cedar with a deployment's policies; evaluation is pure. */
export interface Policies {
  evaluate(query: Query): Evaluation;
  evaluatePartially(query: Query): PartialEvaluation;
  /** Returns the residuals of shadow policies (`@mode("shadow")`), which are reported and not enforced. */
  evaluateShadows(query: Query): readonly Residual[];
  /** Evaluates the enforced permits with a `@label` alone. Asks Cedar nothing where the head of each excludes the query. */
  evaluateLabelled(query: Query): PartialEvaluation;
  /** Evaluates the enforced forbids of single calls (`@perCall`) alone. */
  evaluatePerCall(query: Query): PartialEvaluation;
  facts(policy: string): PolicyFacts | undefined;
  /** All policies in their own JSON, for proofs, which use nothing derived from them. Always the same list. */
  readonly stated: readonly StatedPolicy[];
  /** Names of the token claims that some policy reads (`principal.getTag("ref")`); no others are recorded. */
  readonly claims: readonly string[];
  /** True where a policy that may apply reads the resource's tags. The tags then stay unknown. */
  readsTags(query: Query): boolean;
  /** True where some policy reads the time of day: fences then end with the hour. */
  readonly readsTime: boolean;
  /** Hash of `valetkey.json` and every policy, for the record of each decision. */
  readonly hash: string;
}
