import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { Evaluation, PartialEvaluation, Policies, PolicyFacts, Query, Residual } from "../core/policy/query.ts";

/** A policy as it was prepared at build: checked against the schema, its annotations read. */
export interface PreparedPolicy extends PolicyFacts {
  readonly text: string;
  /** What its head says, so that most policies are out of the question before Cedar is asked; without it, none is. */
  readonly scope?: PolicyScope;
}

export interface PolicyScope {
  /** The only type of principal that it speaks of. */
  readonly principal?: string;
  /** The only actions, or groups of them, that it speaks of. */
  readonly actions?: readonly string[];
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
  readonly readsTags: boolean;
  readonly readsTime: boolean;
  readonly #facts: ReadonlyMap<string, PolicyFacts>;
  readonly #policies: readonly PreparedPolicy[];
  readonly #slices = new Map<string, Slice>();

  constructor(prepared: PreparedPolicies) {
    this.hash = prepared.hash;
    this.claims = prepared.claims;
    this.#facts = new Map(prepared.policies.map(({ text: _text, ...facts }) => [facts.id, facts]));
    this.#policies = prepared.policies;
    // By the word: a policy that only seems to ask for them costs a little time, and nothing else.
    this.readsTags = prepared.policies.some(({ text }) => /\btags\b/.test(text));
    this.readsTime = prepared.policies.some(({ text }) => /\btime\b/.test(text));
    // All of them once: a policy that does not parse must not wait for the first request that it concerns.
    this.#sliceOf(() => true);
  }

  facts(policy: string): PolicyFacts | undefined {
    return this.#facts.get(policy);
  }

  evaluate(query: Query): Evaluation {
    const answer = cedar.statefulIsAuthorized({ ...callOf(query), preparsedPolicySetId: this.#sliceFor(query).id });
    if (answer.type === "failure") throw new Error(`Cedar refused the question: ${messages(answer.errors)}`);
    const { decision, diagnostics } = answer.response;
    return {
      allowed: decision === "allow",
      deciding: diagnostics.reason,
      errored: diagnostics.errors.map(({ policyId }) => policyId),
    };
  }

  evaluatePartially(query: Query): PartialEvaluation {
    return partially(query, this.#sliceFor(query).texts);
  }

  evaluateShadows(query: Query): readonly Residual[] {
    const { shadows } = this.#sliceFor(query);
    return Object.keys(shadows).length === 0 ? [] : partially(query, shadows).residuals;
  }

  /** Leaving out a policy whose head cannot match changes no answer: Cedar would find it not to apply, and a head cannot err. */
  #sliceFor(query: Query): Slice {
    const groups =
      query.entities.find(({ uid }) => uid.type === query.action.type && uid.id === query.action.id)?.parents ?? [];
    const names = new Set([query.action.id, ...groups.map(({ id }) => id)]);
    const key = JSON.stringify([query.principal.type, ...names]);
    const known = this.#slices.get(key);
    if (known) return known;
    const slice = this.#sliceOf(
      ({ scope }) =>
        (scope?.principal === undefined || scope.principal === query.principal.type) &&
        (scope?.actions === undefined || scope.actions.some((name) => names.has(name))),
    );
    if (this.#slices.size < SLICES) this.#slices.set(key, slice);
    return slice;
  }

  #sliceOf(isIn: (policy: PreparedPolicy) => boolean): Slice {
    const inside = this.#policies.filter(isIn);
    const textsOf = (some: readonly PreparedPolicy[]) => Object.fromEntries(some.map(({ id, text }) => [id, text]));
    const texts = textsOf(inside.filter((policy) => !isShadow(policy)));
    const shadows = textsOf(inside.filter(isShadow));
    const id = `${this.hash}:${JSON.stringify(Object.keys(texts))}`;
    const parsed = cedar.preparsePolicySet(id, { staticPolicies: texts });
    if (parsed.type === "failure") throw new Error(`the policies do not parse: ${messages(parsed.errors)}`);
    return { id, texts, shadows };
  }
}

/** The policies that can have a say in a question, ready for Cedar. */
interface Slice {
  readonly id: string;
  readonly texts: Record<string, string>;
  /** Those that are watched and not enforced. */
  readonly shadows: Record<string, string>;
}

/** How many slices are kept: one for each kind of action that is asked about. */
const SLICES = 2_000;

/** Our own entity format is Cedar's JSON format; the library's types say the same in other words. */
const callOf = (query: Query) => ({
  principal: { ...query.principal },
  action: { ...query.action },
  resource: { ...query.resource },
  context: query.context as cedar.Context,
  entities: query.entities as unknown as cedar.Entities,
});

/** Partial evaluation parses the policies at each call, which is why only those that can matter are handed over. */
function partially(query: Query, texts: Record<string, string>): PartialEvaluation {
  const answer = cedar.isAuthorizedPartial({ ...callOf(query), policies: { staticPolicies: texts } });
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

const isShadow = ({ annotations }: PolicyFacts): boolean => annotations.mode === "shadow";

const messages = (errors: readonly { readonly message: string }[]): string =>
  errors.map(({ message }) => message).join("; ");
