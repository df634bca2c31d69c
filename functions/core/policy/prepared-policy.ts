import type { PolicyFacts } from "./query.ts";

/** Policy as the build prepares it: checked against the schema, with its annotations parsed. */
export interface PreparedPolicy extends PolicyFacts {
  readonly text: string;
  /**
   * The same policy as Cedar's JSON, which proofs read. The build converts it: in a cold start this would take 19 ms of
   * CPU for 21 policies.
   */
  readonly json: unknown;
  /**
   * Facts that the policy's conditions read and that caching depends on: the resource's tags, the time of day, the
   * action.
   */
  readonly reads: readonly ("tags" | "time" | "action")[];
  /**
   * Scope of the policy's head. Most policies are excluded by it before Cedar evaluates; a policy without a scope is
   * never excluded.
   */
  readonly scope?: PolicyScope;
}

/** Scope in a policy's head. */
export interface PolicyScope {
  /** The only type of principal that the policy applies to. */
  readonly principal?: string;
  /** The only principal or group that the policy applies to: `Team::data`. */
  readonly within?: string;
  /** The only actions, or groups of actions, that the policy applies to. */
  readonly actions?: readonly string[];
}

/** Content of `policies.json`, which `infra/config/build-deployment.ts` builds from `policies/`. */
export interface PreparedPolicies {
  readonly policies: readonly PreparedPolicy[];
  readonly claims: readonly string[];
  readonly hash: string;
}
