import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { Evaluation, PartialEvaluation, Policies, PolicyFacts, Query } from "../core/policy/query.ts";

/** A policy as it was prepared at build: checked against the schema, its annotations read. */
export interface PreparedPolicy extends PolicyFacts {
  readonly text: string;
}

/** `policies.json`: what `scripts/build-deployment.ts` makes of `policies/`. */
export interface PreparedPolicies {
  readonly policies: readonly PreparedPolicy[];
  readonly claims: readonly string[];
  readonly hash: string;
}

/** Cedar, in this process: a decision needs no network call. */
export class CedarPolicies implements Policies {
  readonly hash: string;
  readonly claims: readonly string[];
  readonly #facts: ReadonlyMap<string, PolicyFacts>;
  readonly #texts: Record<string, string>;

  constructor(prepared: PreparedPolicies) {
    this.hash = prepared.hash;
    this.claims = prepared.claims;
    this.#facts = new Map(prepared.policies.map(({ text: _text, ...facts }) => [facts.id, facts]));
    this.#texts = Object.fromEntries(prepared.policies.map(({ id, text }) => [id, text]));
    const parsed = cedar.preparsePolicySet(this.hash, { staticPolicies: this.#texts });
    if (parsed.type === "failure") throw new Error(`the policies do not parse: ${messages(parsed.errors)}`);
  }

  facts(policy: string): PolicyFacts | undefined {
    return this.#facts.get(policy);
  }

  evaluate(query: Query): Evaluation {
    const answer = cedar.statefulIsAuthorized({ ...callOf(query), preparsedPolicySetId: this.hash });
    if (answer.type === "failure") throw new Error(`Cedar refused the question: ${messages(answer.errors)}`);
    const { decision, diagnostics } = answer.response;
    return {
      allowed: decision === "allow",
      deciding: diagnostics.reason,
      errored: diagnostics.errors.map(({ policyId }) => policyId),
    };
  }

  evaluatePartially(query: Query): PartialEvaluation {
    const answer = cedar.isAuthorizedPartial({ ...callOf(query), policies: { staticPolicies: this.#texts } });
    if (answer.type === "failure") throw new Error(`Cedar refused the question: ${messages(answer.errors)}`);
    const { residuals, errored } = answer.response;
    return {
      residuals: Object.entries(residuals).map(([policy, { effect, conditions }]) => ({
        policy,
        effect,
        body: conditions
          .map(({ kind, body }) => (kind === "when" ? body : { "!": { arg: body } }))
          .reduce<unknown>((left, right) => ({ "&&": { left, right } }), { Value: true }),
      })),
      errored,
    };
  }
}

/** Our own entity format is Cedar's JSON format; the library's types say the same in other words. */
const callOf = (query: Query) => ({
  principal: { ...query.principal },
  action: { ...query.action },
  resource: { ...query.resource },
  context: query.context as cedar.Context,
  entities: query.entities as unknown as cedar.Entities,
});

const messages = (errors: readonly { readonly message: string }[]): string =>
  errors.map(({ message }) => message).join("; ");
