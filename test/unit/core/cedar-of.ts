import { createHash } from "node:crypto";
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import type { CedarPolicies } from "../../../functions/adapters/cedar/cedar-policies.ts";
import type { PreparedPolicy } from "../../../functions/core/policy/prepared-policy.ts";
import type { Policies } from "../../../functions/core/policy/query.ts";
import { readsIn, scopeOf } from "../../../functions/policy/read/parse-policies.ts";
import { RememberedPolicies } from "../../fakes/world/remembered-policies.ts";

/**
 * Upper bound on the cached sets of policies. A property queries one world several times, and another property queries
 * it with its seed again.
 */
const MOST_KEPT = 300;
const cached = new Map<string, CedarPolicies>();

/**
 * The real Cedar with these policies, one in each text, named by `@id` or `p0`, `p1`, ...; the same object for the same policies. Cedar evaluates every
 * policy for every question.
 */
export const cedarOf = (texts: readonly string[], claims: readonly string[] = []): CedarPolicies =>
  remembered(texts, claims, prepared);

/** The same with the policies' heads, as the build prepares them: Cedar evaluates only policies whose head can match. */
export const builtCedarOf = (texts: readonly string[]): CedarPolicies =>
  remembered(texts, [], (text, index) => ({ ...prepared(text, index), scope: scopeOf(jsonOf(text)) }));

function remembered(texts: readonly string[], claims: readonly string[], prepare: typeof prepared): CedarPolicies {
  const policies = texts.map(prepare);
  const name = JSON.stringify([texts, claims, policies.map(({ scope }) => scope !== undefined)]);
  const known = cached.get(name);
  if (known) return known;
  if (cached.size >= MOST_KEPT) cached.clear();
  const made = madeOf(policies, claims);
  cached.set(name, made);
  return made;
}

function madeOf(policies: readonly PreparedPolicy[], claims: readonly string[]): CedarPolicies {
  const hash = createHash("sha256").update(JSON.stringify(policies)).digest("hex");
  return new RememberedPolicies({ policies, claims, hash });
}

/** Cedar's answers as a plain object, to change one of them. */
export const answersOf = (cedar: CedarPolicies): Policies => ({
  hash: cedar.hash,
  claims: cedar.claims,
  stated: cedar.stated,
  readsTime: cedar.readsTime,
  readsTags: (query) => cedar.readsTags(query),
  facts: (policy) => cedar.facts(policy),
  evaluate: (query) => cedar.evaluate(query),
  evaluatePartially: (query) => cedar.evaluatePartially(query),
  evaluateShadows: (query) => cedar.evaluateShadows(query),
  evaluateLabelled: (query) => cedar.evaluateLabelled(query),
  evaluatePerCall: (query) => cedar.evaluatePerCall(query),
});

/** Upper bound on the policies that are cached in Cedar's JSON. */
const MOST_READ = 10_000;
const read = new Map<string, cedar.PolicyJson>();

/** Cedar's JSON of a policy, which Cedar converts once for each text. */
export function jsonOf(text: string): cedar.PolicyJson {
  const known = read.get(text);
  if (known) return known;
  const converted = cedar.policyToJson(text);
  if (converted.type === "failure")
    throw new Error(`${text}: ${converted.errors.map(({ message }) => message).join("; ")}`);
  if (read.size >= MOST_READ) read.clear();
  read.set(text, converted.json);
  return converted.json;
}

function prepared(text: string, index: number): PreparedPolicy {
  const json = jsonOf(text);
  const { effect, annotations: given = {} } = json;
  const annotations = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, value ?? ""]));
  return { id: annotations.id ?? `p${index}`, effect, annotations, text, json, reads: readsIn(json) };
}
