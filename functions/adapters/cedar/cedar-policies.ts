import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { type Entity, isSameEntity } from "../../core/entity.ts";
import type { PreparedPolicies, PreparedPolicy } from "../../core/policy/prepared-policy.ts";
import type { Evaluation, PartialEvaluation, Policies, PolicyFacts, Query, Residual } from "../../core/policy/query.ts";
import type { StatedPolicy } from "../../core/proof/question.ts";
import { ABOUT_NOBODY } from "./about-nobody.ts";
import { ancestorsOf } from "./cedar-ancestors.ts";
import { callOf, messages } from "./cedar-call.ts";
import { evaluatePartially } from "./cedar-partial-evaluation.ts";
import { joinedReads, type Reads, type RequestReads, requestReads } from "./request-reads.ts";

/** Policies evaluated by Cedar in this process, so that a decision needs no network call. */
export class CedarPolicies implements Policies {
  readonly hash: string;
  readonly claims: readonly string[];
  readonly readsTime: boolean;
  readonly stated: readonly StatedPolicy[];
  readonly #facts: ReadonlyMap<string, PolicyFacts>;
  readonly #policies: readonly PreparedPolicy[];
  /** Principals and groups that the head of some policy names. Any other principal matches the same heads as every unnamed one. */
  readonly #named: ReadonlySet<string>;
  readonly #slices = new Map<string, Slice>();
  readonly #found = new Map<string, Found>();
  readonly #asked = new WeakMap<Query, Asked>();
  readonly #whole: Slice;
  readonly #answers = new Map<string, Evaluation | PartialEvaluation>();

  constructor(prepared: PreparedPolicies) {
    this.hash = prepared.hash;
    this.claims = prepared.claims;
    this.#facts = new Map(
      prepared.policies.map(({ text: _text, json: _json, reads: _reads, ...facts }) => [facts.id, facts]),
    );
    this.#policies = prepared.policies;
    this.stated = prepared.policies.map(({ id, effect, annotations, json }) => ({ id, effect, annotations, json }));
    this.#named = new Set(prepared.policies.flatMap(({ scope }) => scope?.within ?? []));
    this.readsTime = prepared.policies.some(({ reads }) => reads.includes("time"));
    // Parses all policies at the start, so that a broken one fails here and not at the first request that it concerns.
    this.#whole = this.#sliceOf(prepared.policies);
  }

  /** Asks Cedar both kinds of questions about nobody, so that its code is compiled before a request waits for it. Nothing is kept of the answers. */
  warm(): void {
    const [policy] = this.#whole.enforced;
    if (policy === undefined) return;
    decide(ABOUT_NOBODY, this.#whole);
    evaluatePartially(ABOUT_NOBODY, [policy]);
  }

  /** Number of sets of policies that were prepared for the questions so far. */
  get preparedSets(): number {
    return this.#slices.size;
  }

  facts(policy: string): PolicyFacts | undefined {
    return this.#facts.get(policy);
  }

  evaluate(query: Query): Evaluation {
    const { slice, key } = this.#find(query);
    return this.#remembered(`decided ${key}`, () => decide(query, slice));
  }

  evaluatePartially(query: Query): PartialEvaluation {
    return this.#residualsFor(query, "enforced");
  }

  evaluateShadows(query: Query): readonly Residual[] {
    return this.#residualsFor(query, "shadows").residuals;
  }

  readsTags(query: Query): boolean {
    return this.#find(query).slice.readsTags;
  }

  #residualsFor(query: Query, which: "enforced" | "shadows"): PartialEvaluation {
    const { slice, key } = this.#find(query);
    const policies = slice[which];
    if (policies.length === 0) return { residuals: [], errored: [] };
    return this.#remembered(`${which} ${key}`, () => evaluatePartially(query, policies));
  }

  /**
   * Caches answers under what Cedar can tell of the question: the pairs of an intent share most of theirs, since a set's ARN is left open, and the
   * actions that some group of policies permits are one action to these policies.
   */
  #remembered<T extends Evaluation | PartialEvaluation>(key: string, ask: () => T): T {
    const known = this.#answers.get(key);
    if (known) return known as T;
    const answer = ask();
    if (this.#answers.size >= ANSWERS) this.#answers.clear();
    this.#answers.set(key, answer);
    return answer;
  }

  /** Finds the policies that can affect a query, and the key of its answers. */
  #find(query: Query): Asked {
    const known = this.#asked.get(query);
    if (known) return known;
    const { slice, told } = this.#select(query);
    const asked = { slice, key: keyOf(query, told, slice.requestReads) };
    this.#asked.set(query, asked);
    return asked;
  }

  /** Selects the policies whose head can match. Leaving out the others changes no answer: they would not apply, and a head cannot err. */
  #select({ principal, action, entities }: Query): Found {
    const actions = new Set(ancestorsOf(action, entities).map(({ id }) => id));
    const within = new Set(
      ancestorsOf(principal, entities)
        .map(({ type, id }) => `${type}::${id}`)
        .filter((name) => this.#named.has(name)),
    );
    const key = JSON.stringify([principal.type, ...within, "", ...actions]);
    const known = this.#found.get(key);
    if (known) return known;
    const inside = this.#policies.filter(
      ({ scope = {} }) =>
        (scope.principal === undefined || scope.principal === principal.type) &&
        (scope.within === undefined || within.has(scope.within)) &&
        (scope.actions === undefined || scope.actions.some((name) => actions.has(name))),
    );
    const found = { slice: this.#sliceOf(inside), told: toldOf(action.id, inside) };
    if (this.#found.size >= FOUND) this.#found.clear();
    this.#found.set(key, found);
    return found;
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
      requestReads: joinedReads(inside.map(requestReads)),
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
  /** Reads of the policies, shadows included: questions that differ in nothing of it have one answer. */
  readonly requestReads: RequestReads;
}

/** Upper bound on the cached slices, since Cedar holds parsed policies for as long as the process lives. */
const SLICES = 1_000;

/** Upper bound on the cached answers; a request has at most 250 pairs, each asked twice. */
const ANSWERS = 500;

/** Upper bound on the kinds of questions whose slice is remembered: principals by the groups that policies name, times actions. */
const FOUND = 10_000;

/** Policies that can affect a query. */
interface Found {
  readonly slice: Slice;
  /** The policies, and what they can tell of the action. */
  readonly told: string;
}

/**
 * Names the policies that can affect a query, and what they can tell of its action. Those whose conditions read the action, or whose head is not known,
 * can tell it from every other. Of the others only the heads look at it: they tell whether it is named itself, or is in a group that is named.
 */
const toldOf = (action: string, policies: readonly PreparedPolicy[]): string =>
  JSON.stringify(
    policies.map(({ id, reads, scope }) => {
      if (scope === undefined || reads.includes("action")) return [id, action];
      return scope.actions?.includes(action) ? [id] : id;
    }),
  );

/** A query with the policies that can affect it. */
interface Asked {
  readonly slice: Slice;
  /** Key of its answers. */
  readonly key: string;
}

/**
 * Makes the key of the answer to a question: what the policies that can affect it can tell. Entities of actions are looked at with the action alone. The
 * heads of these policies match a principal alike, so that of the principal and the context only what their conditions read is left.
 */
function keyOf({ principal, resource, context, entities }: Query, told: string, reads: RequestReads): string {
  const others = entities.filter(({ uid }) => uid.type !== "Action");
  if (reads.principal === "everything" || isSameEntity(principal, resource))
    return JSON.stringify([told, principal, resource, read(context, reads.context), others]);
  const own = others.find(({ uid }) => isSameEntity(uid, principal));
  const facts = [read(own?.attrs ?? {}, reads.principal), own?.tags];
  const isGroup = (entity: Entity): boolean =>
    isBare(entity) && own?.parents.some((group) => isSameEntity(group, entity.uid)) === true;
  const further = others.filter((entity) => entity !== own && !isGroup(entity));
  return JSON.stringify([told, principal.type, facts, resource, read(context, reads.context), further]);
}

const read = (record: Readonly<Record<string, unknown>>, names: Reads): Readonly<Record<string, unknown>> =>
  names === "everything" ? record : Object.fromEntries(Object.entries(record).filter(([name]) => names.has(name)));

/** True for an entity that is a name alone. */
const isBare = ({ attrs, parents, tags }: Entity): boolean =>
  Object.keys(attrs).length === 0 && parents.length === 0 && tags === undefined;

function decide(query: Query, { id: preparsedPolicySetId }: Slice): Evaluation {
  const answer = cedar.statefulIsAuthorized({ ...callOf(query), preparsedPolicySetId });
  if (answer.type === "failure") throw new Error(`Cedar refused the question: ${messages(answer.errors)}`);
  const { decision, diagnostics } = answer.response;
  return {
    allowed: decision === "allow",
    deciding: diagnostics.reason,
    errored: diagnostics.errors.map(({ policyId }) => policyId),
  };
}

const isShadow = ({ annotations }: PolicyFacts): boolean => annotations.mode === "shadow";
