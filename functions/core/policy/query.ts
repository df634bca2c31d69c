import type { StatedPolicy } from "../proof/question.ts";

/** An entity as Cedar takes it (its JSON format). */
export interface Entity {
  readonly uid: EntityUid;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly parents: readonly EntityUid[];
  readonly tags?: Readonly<Record<string, unknown>>;
}

export interface EntityUid {
  readonly type: string;
  readonly id: string;
}

/** One question for Cedar: may this principal do this action to this resource, in this context? */
export interface Query {
  readonly principal: EntityUid;
  readonly action: EntityUid;
  readonly resource: EntityUid;
  readonly context: Readonly<Record<string, unknown>>;
  readonly entities: readonly Entity[];
}

/** Cedar's answer. Mind `errored`: Cedar skips a policy that errors, a forbid too. */
export interface Evaluation {
  readonly allowed: boolean;
  /** The ids of the policies that decided. */
  readonly deciding: readonly string[];
  readonly errored: readonly string[];
}

/** What is left of a policy when the ARN is not known. Cedar's JSON expression format. */
export interface Residual {
  readonly policy: string;
  readonly effect: "permit" | "forbid";
  readonly body: unknown;
}

export interface PartialEvaluation {
  readonly residuals: readonly Residual[];
  readonly errored: readonly string[];
}

/** What is known about a policy beside its text. */
export interface PolicyFacts {
  readonly id: string;
  readonly effect: "permit" | "forbid";
  readonly annotations: Readonly<Record<string, string>>;
}

/** Cedar, as the core sees it: pure, given the policies that it was built with. */
export interface Policies {
  evaluate(query: Query): Evaluation;
  evaluatePartially(query: Query): PartialEvaluation;
  /** What is left of the policies that are watched and not enforced (`@mode("shadow")`). */
  evaluateShadows(query: Query): readonly Residual[];
  facts(policy: string): PolicyFacts | undefined;
  /** All policies as they are written, for who believes nothing that was made of them. Always the same list. */
  readonly stated: readonly StatedPolicy[];
  /** Names of the token claims that some policy reads (`principal.getTag("ref")`): no others are kept. */
  readonly claims: readonly string[];
  /** Whether a policy that may have a say in this asks for the resource's tags, which are then left open. */
  readsTags(query: Query): boolean;
  /** Whether some policy asks for the time: fences then end with the hour. */
  readonly readsTime: boolean;
  /** Of `valetkey.json` and every policy: stands in each decision's record. */
  readonly hash: string;
}
