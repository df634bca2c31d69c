import type { Permitted } from "../../functions/core/policy/decide.ts";
import { normalForm } from "../../functions/core/policy/normal-form.ts";
import { obligationsOf } from "../../functions/core/policy/obligations.ts";
import type { Policies } from "../../functions/core/policy/query.ts";
import { remainders } from "../../functions/core/policy/remainders.ts";
import { contains, disjoint } from "../../functions/core/text/glob.ts";
import { builtCedarOf } from "../unit/core/cedar-of.ts";
import { WATCHED } from "./arbitrary/policies.ts";
import { type Pipeline, REAL } from "./vend.ts";
import { type Allow, compileWith, recompiled, withChanged } from "./with-changed.ts";

function merged(allows: readonly Allow[]): readonly Allow[] {
  const [first, second] = allows;
  if (!first || !second) return allows;
  return [
    { ...first, Action: allows.flatMap(({ Action }) => Action), Resource: allows.flatMap(({ Resource }) => Resource) },
  ];
}

function inAnyAccount({ Condition = {}, ...allow }: Allow): Allow {
  const remaining = Object.entries(Condition)
    .map(([operator, { "aws:ResourceAccount": _, ...keys }]) => [operator, keys] as const)
    .filter(([, keys]) => Object.keys(keys).length > 0);
  return remaining.length === 0 ? allow : { ...allow, Condition: Object.fromEntries(remaining) };
}

const blindToErrors = (policies: Policies): Policies => ({
  hash: policies.hash,
  claims: policies.claims,
  stated: policies.stated,
  readsTags: (query) => policies.readsTags(query),
  readsTime: policies.readsTime,
  evaluateShadows: (query) => policies.evaluateShadows(query),
  evaluateLabelled: (query) => policies.evaluateLabelled(query),
  evaluatePerCall: (query) => policies.evaluatePerCall(query),
  facts: (id) => policies.facts(id),
  evaluate: (query) => ({ ...policies.evaluate(query), errored: [] }),
  evaluatePartially: (query) => ({ ...policies.evaluatePartially(query), errored: [] }),
});

const same = (permitted: Permitted): Permitted => permitted;

/** A mistake, and a seed with which the property detects it early. */
export interface Broken {
  readonly seed: number;
  readonly build: () => Promise<Pipeline>;
}

/** Possible mistakes, each of which breaks I2. The property has to detect every one. */
export const BROKEN: Readonly<Record<string, Broken>> = {
  "a pattern is evaluated as if it were a string": {
    seed: 7,
    build: () =>
      withChanged("policy/decide", ({ decide }) => ({
        decide: (pair, ...given) => decide({ ...pair, isPattern: false }, ...given),
      })),
  },
  "a pattern counts as contained as soon as it is not disjoint": {
    seed: 1,
    build: () => withChanged("text/glob", () => ({ contains: (outer, inner) => !disjoint(outer, inner) })),
  },
  "patterns that share members count as disjoint": {
    seed: 7,
    build: () => withChanged("text/glob", () => ({ disjoint: (a, b) => !contains(a, b) })),
  },
  "statements are merged across different resources": {
    seed: 14,
    build: () => recompiled(merged),
  },
  "the conditions of one detail are forgotten beside another": {
    seed: 1,
    build: () =>
      compileWith((permitted) => {
        const { stated: _, ...pair } = permitted.pair;
        return { ...permitted, pair };
      }),
  },
  "an ARN without an account is allowed in any": {
    seed: 1,
    build: () => recompiled((allows) => allows.map(inAnyAccount)),
  },
  "a policy that errs is skipped, a forbid too": {
    seed: 37,
    build: async () => ({ ...REAL, cedar: blindToErrors }),
  },
  "a forbid that reaches into a set is forgotten": {
    seed: 7,
    build: () => compileWith((permitted) => ({ ...permitted, denies: [] })),
  },
  "a Deny is written as the policy has it, though IAM splits an ARN at its colons": {
    seed: 2,
    build: () => withChanged("policy/remainders", () => ({ literalHead: () => "" })),
  },
  "of a Deny one of the ways is dropped": {
    seed: 7,
    build: () =>
      withChanged("policy/remainders", () => ({ remainders: (glob, head) => remainders(glob, head).slice(1) })),
  },
  "the tags that a permit requires are forgotten": {
    seed: 3,
    build: () => compileWith((permitted) => ({ ...permitted, conditions: [{}] })),
  },
  "a tag that must be another one may be missing": {
    seed: 32,
    build: () =>
      compileWith((permitted) => ({
        ...permitted,
        conditions: permitted.conditions.map(({ Null: _, ...conditions }) => conditions),
      })),
  },
  "a Deny by a tag does not hold without the tag": {
    seed: 1,
    build: () =>
      compileWith((permitted) => ({
        ...permitted,
        denies: permitted.denies.map(({ conditions, ...deny }) => ({
          ...deny,
          conditions: Object.fromEntries(
            Object.entries(conditions).map(([operator, keys]) => [operator.replace("IfExists", ""), keys]),
          ),
        })),
      })),
  },
  "a forbid that errs for want of a tag is one that does not hold": {
    seed: 9,
    build: () => withChanged("policy/normal-form", () => ({ normalForm: (body) => normalForm(body, "permit") })),
  },
  "what a person must approve is granted at once": {
    seed: 14,
    build: () =>
      withChanged("policy/obligations", () => ({
        obligationsOf: (annotations) => {
          const { approval: _, ...others } = obligationsOf(annotations);
          return others;
        },
      })),
  },
  "the address is not bound": {
    seed: 4,
    build: () => compileWith(same, (limits) => ({ ...limits, sourceIp: undefined })),
  },
  "the fence is at the task's requested end, whatever the permit limits": {
    seed: 6,
    build: () => compileWith(same, (limits) => ({ ...limits, fenceAt: limits.fenceAt + 3_600 })),
  },
  "a policy that is only watched is enforced": {
    seed: 6,
    build: async () => ({
      ...REAL,
      cedar: (_, texts) => builtCedarOf(texts.map((text) => text.replace(WATCHED, ""))),
    }),
  },
  "the whole is granted, though a part is permitted": {
    seed: 9,
    build: () =>
      withChanged("delegation/decide-within", ({ decideWithin }) => ({
        decideWithin: (pair, ...given) => {
          const verdict = decideWithin(pair, ...given);
          const [target] = "denied" in verdict ? verdict.denied.narrower : [];
          if (target === undefined) return verdict;
          const part = decideWithin({ ...pair, target, isPattern: target.includes("*") }, ...given);
          return "permitted" in part ? { permitted: { ...part.permitted, pair } } : verdict;
        },
      })),
  },
  "an action that mints is like any other": {
    seed: 3,
    build: () =>
      withChanged("policy/decide", ({ decide }) => ({
        decide: (pair, ...given) => decide({ ...pair, mints: false }, ...given),
      })),
  },
};
