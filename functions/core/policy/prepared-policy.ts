import type { PolicyFacts } from "./query.ts";

/** Policy as the build prepared it: checked against the schema, with its annotations parsed. */
export interface PreparedPolicy extends PolicyFacts {
  readonly text: string;
  /** The same policy as Cedar's JSON, by which proofs read it. Converted by the build: a cold start would take 19 ms of CPU for 21 policies. */
  readonly json: unknown;
  /** Facts that the policy's conditions read and on which caching depends: the resource's tags, the time of day, the action. */
  readonly reads: readonly ("tags" | "time" | "action")[];
  /** Scope of the policy's head, by which most policies are excluded before Cedar evaluates; a policy without one is never excluded. */
  readonly scope?: PolicyScope;
}

/** Scope in a policy's head. */
export interface PolicyScope {
  /** Only type of principal that the policy applies to. */
  readonly principal?: string;
  /** Only principal or group that the policy applies to: `Team::data`. */
  readonly within?: string;
  /** Only actions, or groups of actions, that the policy applies to. */
  readonly actions?: readonly string[];
}

/** Content of `policies.json`, which `config/build-deployment.ts` makes of `policies/`. */
export interface PreparedPolicies {
  readonly policies: readonly PreparedPolicy[];
  readonly claims: readonly string[];
  readonly hash: string;
}
