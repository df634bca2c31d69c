import { hash } from "node:crypto";
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { ActionName } from "../../core/catalogue/action-name.ts";
import { NOTHING_HOLDS } from "../../core/conditions/holding.ts";
import { accountId } from "../../core/deployment/account-id.ts";
import { type Entity, isSameEntity } from "../../core/entity.ts";
import type { Pair } from "../../core/intent/pairs.ts";
import { isEnforced, isPerCall, isShadow } from "../../core/policy/enforced.ts";
import { queryFor } from "../../core/policy/entities.ts";
import { labelsIn } from "../../core/policy/labels.ts";
import type { PreparedPolicies, PreparedPolicy } from "../../core/policy/prepared-policy.ts";
import type { Evaluation, PartialEvaluation, Policies, PolicyFacts, Query, Residual } from "../../core/policy/query.ts";
import type { StatedPolicy } from "../../core/proof/question.ts";
import { ancestorsOf } from "./cedar-ancestors.ts";
import { callOf, messages } from "./cedar-call.ts";
import { evaluatePartially } from "./cedar-partial-evaluation.ts";
import { joinedReads, type Reads, type RequestReads, requestReads } from "./request-reads.ts";

const NOTHING: Pair = {
  kind: "resource",
  action: "" as ActionName,
  groups: [],
  mints: false,
  isPattern: true,
  target: "*",
  service: "",
  region: "",
  account: accountId("000000000000"),
  arnNamesAccount: false,
};

const NOBODY = {
  agent: { id: "", owner: "", team: "" },
  claims: {},
  purpose: "",
  ttlSeconds: 900,
  sourceIp: "192.0.2.1",
  atMs: 0,
  conditions: NOTHING_HOLDS,
} as const;

/** Query in the form of a request's query, whose principal, action and resource do not exist. */
const ABOUT_NOBODY: Query = queryFor(NOTHING, NOBODY, "tags");

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
  readonly #keyed = new WeakMap<Query, KeyedSlice>();
  readonly #whole: Slice;
  readonly #answers = new Map<string, Evaluation | PartialEvaluation>();
  /** Policies in the cached slices, each counted as often as it is in one, and policies in the cached answers. */
  #sliced = 0;
  #answered = 0;

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
    // Parses all policies at the start, so that a broken policy fails here and not at a later request.
    this.#whole = this.#sliceOf(prepared.policies);
  }

  /**
   * Makes Cedar answer both kinds of queries about nobody, so that its code is compiled before a request waits for it.
   * Discards the answers.
   */
  warm(): void {
    const [policy] = this.#whole.enforced;
    if (policy === undefined) return;
    decide(ABOUT_NOBODY, this.#whole);
    evaluatePartially(ABOUT_NOBODY, [policy]);
  }

  /** Number of sets of policies that were prepared for queries so far. */
  get preparedSets(): number {
    return this.#slices.size;
  }

  facts(policy: string): PolicyFacts | undefined {
    return this.#facts.get(policy);
  }

  evaluate(query: Query): Evaluation {
    const { slice, key } = this.#find(query);
    return this.#cached(`decided ${key}`, () => decide(query, slice));
  }

  evaluatePartially(query: Query): PartialEvaluation {
    return this.#residualsFor(query, "enforced");
  }

  evaluateShadows(query: Query): readonly Residual[] {
    return this.#residualsFor(query, "shadows").residuals;
  }

  evaluateLabelled(query: Query): PartialEvaluation {
    return this.#residualsFor(query, "labelled");
  }

  evaluatePerCall(query: Query): PartialEvaluation {
    return this.#residualsFor(query, "perCall");
  }

  readsTags(query: Query): boolean {
    return this.#find(query).slice.readsTags;
  }

  #residualsFor(query: Query, which: "enforced" | "shadows" | "labelled" | "perCall"): PartialEvaluation {
    const selected = this.#keyed.get(query) ?? this.#select(query);
    const policies = selected.slice[which];
    // Most queries reach no labelled permit and no shadow. Such an answer needs no key.
    if (policies.length === 0) return { residuals: [], errored: [] };
    const { key } = "key" in selected ? selected : this.#keyOf(query, selected);
    return this.#cached(`${which} ${key}`, () => evaluatePartially(query, policies));
  }

  /**
   * Caches answers by the facts of a query that the policies can distinguish. The pairs of an intent share most
   * answers: a set's ARN is left open, and a group's policies do not distinguish its actions.
   */
  #cached<T extends Evaluation | PartialEvaluation>(key: string, evaluate: () => T): T {
    const known = this.#answers.get(key);
    if (known) return known as T;
    const answer = evaluate();
    const policies = "residuals" in answer ? answer.residuals.length : answer.deciding.length;
    if (this.#answers.size >= ANSWERS || this.#answered + policies > ANSWERED) {
      this.#answers.clear();
      this.#answered = 0;
    }
    this.#answers.set(key, answer);
    this.#answered += policies;
    return answer;
  }

  /** Finds the policies that can affect a query, and the key of its answers. */
  #find(query: Query): KeyedSlice {
    return this.#keyed.get(query) ?? this.#keyOf(query, this.#select(query));
  }

  #keyOf(query: Query, { slice, distinctions }: Found): KeyedSlice {
    const keyed = { slice, key: keyOf(query, distinctions, slice.requestReads) };
    this.#keyed.set(query, keyed);
    return keyed;
  }

  /**
   * Selects the policies whose head can match. The others would not apply, and a head cannot err, so their absence
   * changes no answer.
   */
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
    const found = { slice: this.#sliceOf(inside), distinctions: distinctionsOf(action.id, inside) };
    // A slice that is not cached may hold thousands of policies.
    if (found.slice.id === this.#whole.id && inside.length < this.#policies.length) return found;
    if (this.#found.size >= FOUND) this.#found.clear();
    this.#found.set(key, found);
    return found;
  }

  /** Caches slices by the policies inside: even many kinds of queries need only few sets of policies. */
  #sliceOf(inside: readonly PreparedPolicy[]): Slice {
    const key = inside.map(({ id }) => id).join("\n");
    const known = this.#slices.get(key);
    if (known) return known;
    // The full set decides every query too, only more slowly.
    if (this.#slices.size >= SLICES || (this.#slices.size > 0 && this.#sliced + inside.length > SLICED))
      return { ...this.#whole, ...partsOf(inside) };
    const slice = this.#prepared(inside);
    // The first slice holds all policies of the deployment, however many they are.
    if (this.#slices.size > 0) this.#sliced += inside.length;
    this.#slices.set(key, slice);
    return slice;
  }

  #prepared(inside: readonly PreparedPolicy[]): Slice {
    const parts = partsOf(inside);
    const { enforced } = parts;
    const id = `${this.hash}:${JSON.stringify(enforced.map((policy) => policy.id))}`;
    const staticPolicies = Object.fromEntries(enforced.map((policy) => [policy.id, policy.text]));
    const parsed = cedar.preparsePolicySet(id, { staticPolicies });
    if (parsed.type === "failure") throw new Error(`the policies do not parse: ${messages(parsed.errors)}`);
    return { id, ...parts };
  }
}

/** Policies that can affect a query, prepared for Cedar. */
interface Slice {
  readonly id: string;
  readonly enforced: readonly PreparedPolicy[];
  /** Policies that are observed and not enforced. */
  readonly shadows: readonly PreparedPolicy[];
  /** Enforced permits with a label. */
  readonly labelled: readonly PreparedPolicy[];
  /** Enforced forbids of single calls. */
  readonly perCall: readonly PreparedPolicy[];
  readonly readsTags: boolean;
  /** Reads of the policies, shadows included. Queries that are equal in these reads have one answer. */
  readonly requestReads: RequestReads;
}

function partsOf(inside: readonly PreparedPolicy[]): Omit<Slice, "id"> {
  const enforced = inside.filter(isEnforced);
  return {
    enforced,
    shadows: inside.filter(isShadow),
    perCall: inside.filter(isPerCall),
    labelled: enforced.filter(({ effect, annotations }) => effect === "permit" && labelsIn(annotations).length > 0),
    readsTags: enforced.some(({ reads }) => reads.includes("tags")),
    requestReads: joinedReads(inside.map(requestReads)),
  };
}

/**
 * Upper bounds on the cached slices and on the policies in them, since Cedar holds parsed policies for as long as the
 * process lives. Agents choose the actions, and so the slices.
 */
const SLICES = 1_000;
const SLICED = 20_000;

/**
 * Upper bounds on the cached answers and on the policies in them. A request has at most 250 pairs, with two queries
 * each. What is left of 2,000 policies takes some 2 MB.
 */
const ANSWERS = 500;
const ANSWERED = 20_000;

/**
 * Upper bound on the kinds of queries whose slice is cached: principals by the groups that policies name, times
 * actions.
 */
const FOUND = 10_000;

/** Policies that can affect a query. */
interface Found {
  readonly slice: Slice;
  /** Name of the policies, with their distinctions of the action. */
  readonly distinctions: string;
}

/**
 * Returns a name for the policies that can affect a query, each with its distinction of the action. A policy with an unknown head,
 * or with conditions that read the action, distinguishes every action. Any other policy reads the action only in its
 * head, which distinguishes a named action from members of a named group.
 */
const distinctionsOf = (action: string, policies: readonly PreparedPolicy[]): string =>
  hash(
    "sha256",
    JSON.stringify(
      policies.map(({ id, reads, scope }) => {
        if (scope === undefined || reads.includes("action")) return [id, action];
        return scope.actions?.includes(action) ? [id] : id;
      }),
    ),
  );

/** Slice of the policies that can affect a query, with the key of the query's answers. */
interface KeyedSlice {
  readonly slice: Slice;
  /** Key of the query's answers in the cache. */
  readonly key: string;
}

/**
 * Makes the key of a query's answer from the facts that the selected policies can distinguish. Entities of actions
 * matter only with the action, so the key omits them. The heads of the policies match all such principals alike. The
 * key therefore holds only those attributes of the principal and the context that the conditions read.
 */
function keyOf({ principal, resource, context, entities }: Query, distinctions: string, reads: RequestReads): string {
  const others = entities.filter(({ uid }) => uid.type !== "Action");
  if (reads.principal === "everything" || isSameEntity(principal, resource))
    return JSON.stringify([distinctions, principal, resource, read(context, reads.context), others]);
  const own = others.find(({ uid }) => isSameEntity(uid, principal));
  const facts = [read(own?.attrs ?? {}, reads.principal), own?.tags];
  const isGroup = (entity: Entity): boolean =>
    isBare(entity) && own?.parents.some((group) => isSameEntity(group, entity.uid)) === true;
  const further = others.filter((entity) => entity !== own && !isGroup(entity));
  return JSON.stringify([distinctions, principal.type, facts, resource, read(context, reads.context), further]);
}

const read = (record: Readonly<Record<string, unknown>>, names: Reads): Readonly<Record<string, unknown>> =>
  names === "everything" ? record : Object.fromEntries(Object.entries(record).filter(([name]) => names.has(name)));

/** Returns true for an entity that has a name and nothing else. */
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
