import type { Pair } from "../../functions/core/intent/pairs.ts";
import { hourEnd } from "../../functions/core/policy/hour-end.ts";
import type { Policies } from "../../functions/core/policy/query.ts";
import type { Broken } from "./broken-pipelines.ts";
import { REAL } from "./vend.ts";
import { rewritten, withChanged } from "./with-changed.ts";

/** Treats `["a"].contains(tag)` over an empty set as false, without reading the tag. */
function withoutEmptySets(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutEmptySets);
  if (typeof node !== "object" || node === null) return node;
  const { contains } = node as { readonly contains?: { readonly left?: { readonly Set?: readonly unknown[] } } };
  if (contains?.left?.Set?.length === 0) return { Value: false };
  return Object.fromEntries(Object.entries(node).map(([key, each]) => [key, withoutEmptySets(each)]));
}

const answers = (policies: Policies): Policies => ({
  hash: policies.hash,
  claims: policies.claims,
  stated: policies.stated,
  readsTags: (query) => policies.readsTags(query),
  readsTime: policies.readsTime,
  facts: (id) => policies.facts(id),
  evaluate: (query) => policies.evaluate(query),
  evaluatePartially: (query) => policies.evaluatePartially(query),
  evaluateShadows: (query) => policies.evaluateShadows(query),
  evaluateLabelled: (query) => policies.evaluateLabelled(query),
  evaluatePerCall: (query) => policies.evaluatePerCall(query),
});

const certain = <T extends Pair>(pair: T): T =>
  "tagKey" in pair && pair.tagKey ? { ...pair, tagKey: { ...pair.tagKey, isCertain: true } } : pair;

/**
 * Mistakes from the compiler's history that only policies from Cedar's grammar and calls at the edges show. The
 * property has to detect every one.
 */
export const BROKEN_AT_THE_EDGES: Readonly<Record<string, Broken>> = {
  "a tag looked up in an empty set counts as not read": {
    seed: 3,
    build: () =>
      withChanged("policy/normal-form", ({ normalForm }) => ({
        normalForm: (body, effect) => normalForm(withoutEmptySets(body), effect),
      })),
  },
  "the second of the fence is within it": {
    seed: 2,
    build: () => rewritten((text) => text.replaceAll("DateGreaterThanEquals", "DateGreaterThan")),
  },
  "the hour ends by the clock of the one who plans": {
    seed: 11,
    build: async () => ({
      ...REAL,
      plan: (task, granted, terms, deployment, nowSeconds, reads) => {
        const late = terms.hourEndsAt === undefined ? {} : { hourEndsAt: hourEnd(nowSeconds * 1_000) };
        return REAL.plan(task, granted, { ...terms, ...late }, deployment, nowSeconds, reads);
      },
    }),
  },
  "the time is looked for by its word, which may be escaped": {
    seed: 9,
    build: async () => ({
      ...REAL,
      cedar: (policies, texts) => ({ ...answers(policies), readsTime: texts.some((text) => /\btime\b/.test(text)) }),
    }),
  },
  "tags are looked for by their word, which may be escaped": {
    seed: 41,
    build: async () => ({
      ...REAL,
      cedar: (policies, texts) => ({
        ...answers(policies),
        readsTags: () => texts.some((text) => /\btags\b/.test(text)),
      }),
    }),
  },
  "tags of an object are compared with its bucket's": {
    seed: 14,
    build: () => rewritten((text) => text.replaceAll("s3:ExistingObjectTag", "aws:ResourceTag")),
  },
  "a bucket sends IAM its tags whether it has ABAC or not": {
    seed: 1,
    build: () =>
      withChanged("intent/spread-intent", ({ spreadIntent, narrowPairs }) => ({
        spreadIntent: (...given) =>
          spreadIntent(...given).map((spread) => ({ ...spread, pairs: spread.pairs.map(certain) })),
        narrowPairs: (...given) => narrowPairs(...given).map(certain),
      })),
  },
  "policy does not see on whose behalf a sub-agent works": {
    seed: 3,
    build: () =>
      withChanged("policy/entities", ({ queryFor }) => ({
        queryFor: (pair, { ancestors: _, ...asker }, open) => queryFor(pair, asker, open),
      })),
  },
};
