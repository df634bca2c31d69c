import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { PreparedPolicies, PreparedPolicy } from "../../core/policy/prepared-policy.ts";
import type { Evaluation, PartialEvaluation, Policies, PolicyFacts, Query, Residual } from "../../core/policy/query.ts";
import type { StatedPolicy } from "../../core/proof/question.ts";
import { ancestorsOf } from "./cedar-ancestors.ts";
import { callOf, messages } from "./cedar-call.ts";
import { evaluatePartially } from "./cedar-partial-evaluation.ts";

/** Policies evaluated by Cedar in this process, so that a decision needs no network call. */
export class CedarPolicies implements Policies {
  readonly hash: string;
  readonly claims: readonly string[];
  readonly readsTime: boolean;
  readonly #facts: ReadonlyMap<string, PolicyFacts>;
  readonly #policies: readonly PreparedPolicy[];
  /** Principals and groups that the head of some policy names. Any other principal matches the same heads as every unnamed one. */
  readonly #named: ReadonlySet<string>;
  readonly #slices = new Map<string, Slice>();
  readonly #whole: Slice;
  #stated: readonly StatedPolicy[] | undefined;
  readonly #answers = new Map<string, PartialEvaluation>();

  constructor(prepared: PreparedPolicies) {
    this.hash = prepared.hash;
    this.claims = prepared.claims;
    this.#facts = new Map(prepared.policies.map(({ text: _text, reads: _reads, ...facts }) => [facts.id, facts]));
    this.#policies = prepared.policies;
    this.#named = new Set(prepared.policies.flatMap(({ scope }) => scope?.within ?? []));
    this.readsTime = prepared.policies.some(({ reads }) => reads.includes("time"));
    // Parses all policies at the start, so that a broken one fails here and not at the first request that it concerns.
    this.#whole = this.#sliceOf(prepared.policies);
  }

  /** Number of sets of policies that were prepared for the questions so far. */
  get preparedSets(): number {
    return this.#slices.size;
  }

  /** Made when they are first asked for: Cedar's JSON of each text. */
  get stated(): readonly StatedPolicy[] {
    this.#stated ??= this.#policies.map(statedOf);
    return this.#stated;
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
    return this.#residualsFor(query, "enforced");
  }

  evaluateShadows(query: Query): readonly Residual[] {
    return this.#residualsFor(query, "shadows").residuals;
  }

  readsTags(query: Query): boolean {
    return this.#sliceFor(query).readsTags;
  }

  /** Caches residuals: targets of a request that share an action have the same query, since their ARN is left open. */
  #residualsFor(query: Query, which: "enforced" | "shadows"): PartialEvaluation {
    const policies = this.#sliceFor(query)[which];
    if (policies.length === 0) return { residuals: [], errored: [] };
    const key = `${which} ${JSON.stringify(query)}`;
    const known = this.#answers.get(key);
    if (known) return known;
    const answer = evaluatePartially(query, policies);
    if (this.#answers.size >= ANSWERS) this.#answers.clear();
    this.#answers.set(key, answer);
    return answer;
  }

  /** Selects the policies whose head can match. Leaving out the others changes no answer: they would not apply, and a head cannot err. */
  #sliceFor(query: Query): Slice {
    const actions = new Set(ancestorsOf(query.action, query.entities).map(({ id }) => id));
    const within = new Set(
      ancestorsOf(query.principal, query.entities)
        .map(({ type, id }) => `${type}::${id}`)
        .filter((name) => this.#named.has(name)),
    );
    return this.#sliceOf(
      this.#policies.filter(
        ({ scope = {} }) =>
          (scope.principal === undefined || scope.principal === query.principal.type) &&
          (scope.within === undefined || within.has(scope.within)) &&
          (scope.actions === undefined || scope.actions.some((name) => actions.has(name))),
      ),
    );
  }

  /** Caches slices by the policies inside: even many kinds of queries need only few sets of policies. */
  #sliceOf(inside: readonly PreparedPolicy[]): Slice {
    const key = inside.map(({ id }) => id).join("\n");
    const known = this.#slices.get(key);
    if (known) return known;
    // The full set answers every query too, only more slowly.
    if (this.#slices.size >= SLICES) return this.#whole;
    const slice = this.#prepared(inside);
    this.#slices.set(key, slice);
    return slice;
  }

  #prepared(inside: readonly PreparedPolicy[]): Slice {
    const enforced = inside.filter((policy) => !isShadow(policy));
    const id = `${this.hash}:${JSON.stringify(enforced.map((policy) => policy.id))}`;
    const staticPolicies = Object.fromEntries(enforced.map((policy) => [policy.id, policy.text]));
    const parsed = cedar.preparsePolicySet(id, { staticPolicies });
    if (parsed.type === "failure") throw new Error(`the policies do not parse: ${messages(parsed.errors)}`);
    return {
      id,
      enforced,
      shadows: inside.filter(isShadow),
      readsTags: enforced.some(({ reads }) => reads.includes("tags")),
    };
  }
}

/** Policies that can affect a query, prepared for Cedar. */
interface Slice {
  readonly id: string;
  readonly enforced: readonly PreparedPolicy[];
  /** Policies that are observed and not enforced. */
  readonly shadows: readonly PreparedPolicy[];
  readonly readsTags: boolean;
}

/** Upper bound on the cached slices, since Cedar holds parsed policies for as long as the process lives. */
const SLICES = 1_000;

/** Upper bound on the cached answers; a request has at most 100 pairs, each asked twice. */
const ANSWERS = 200;

function statedOf({ id, effect, annotations, text }: PreparedPolicy): StatedPolicy {
  const converted = cedar.policyToJson(text);
  if (converted.type === "failure") throw new Error(`the policies do not parse: ${messages(converted.errors)}`);
  return { id, effect, annotations, json: converted.json };
}

const isShadow = ({ annotations }: PolicyFacts): boolean => annotations.mode === "shadow";
