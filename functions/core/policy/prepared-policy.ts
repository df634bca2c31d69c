import type { PolicyFacts } from "./query.ts";

/** A policy as it was prepared at build: checked against the schema, its annotations read. */
export interface PreparedPolicy extends PolicyFacts {
  readonly text: string;
  /** Open values that the policy reads, or that end a decision: the resource's tags, the time of day. */
  readonly reads: readonly ("tags" | "time")[];
  /** What its head says, so that most policies are out of the question before Cedar is asked; without it, none is. */
  readonly scope?: PolicyScope;
}

export interface PolicyScope {
  /** The only type of principal that it speaks of. */
  readonly principal?: string;
  /** The one principal or group that it speaks of: `Team::data`. */
  readonly within?: string;
  /** The only actions, or groups of them, that it speaks of. */
  readonly actions?: readonly string[];
}

/** `policies.json`: what `config/build-deployment.ts` makes of `policies/`. */
export interface PreparedPolicies {
  readonly policies: readonly PreparedPolicy[];
  readonly claims: readonly string[];
  readonly hash: string;
}
