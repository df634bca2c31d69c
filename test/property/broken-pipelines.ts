import { vi } from "vitest";
import type { Permitted } from "../../functions/core/policy/decide.ts";
import { contains, disjoint, type Glob } from "../../functions/core/policy/glob.ts";
import { normalForm } from "../../functions/core/policy/normal-form.ts";
import { obligationsOf } from "../../functions/core/policy/obligations.ts";
import type { Policies } from "../../functions/core/policy/query.ts";
import { remainders } from "../../functions/core/policy/remainders.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";
import { WATCHED } from "./arbitrary/policies.ts";
import { type Pipeline, REAL } from "./vend.ts";

/** The session policy after something was done to its statements. */
const recompiled =
  (change: (allows: readonly Allow[]) => readonly Allow[]): Pipeline["compile"] =>
  (...given) => {
    const policy = JSON.parse(REAL.compile(...given).text);
    const isAllow = ({ Effect }: { Effect: string }) => Effect === "Allow";
    const denies = policy.Statement.filter((statement: { Effect: string }) => !isAllow(statement));
    const text = JSON.stringify({ ...policy, Statement: [...change(policy.Statement.filter(isAllow)), ...denies] });
    return { text, characters: text.length };
  };

interface Allow {
  readonly Effect: "Allow";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

function merged(allows: readonly Allow[]): readonly Allow[] {
  const [first, second] = allows;
  if (!first || !second) return allows;
  return [
    { ...first, Action: allows.flatMap(({ Action }) => Action), Resource: allows.flatMap(({ Resource }) => Resource) },
  ];
}

function inAnyAccount({ Condition = {}, ...allow }: Allow): Allow {
  const kept = Object.entries(Condition)
    .map(([operator, { "aws:ResourceAccount": _, ...keys }]) => [operator, keys] as const)
    .filter(([, keys]) => Object.keys(keys).length > 0);
  return kept.length === 0 ? allow : { ...allow, Condition: Object.fromEntries(kept) };
}

const blindToErrors = (policies: Policies): Policies => ({
  hash: policies.hash,
  claims: policies.claims,
  readsTags: (query) => policies.readsTags(query),
  readsTime: policies.readsTime,
  evaluateShadows: (query) => policies.evaluateShadows(query),
  facts: (id) => policies.facts(id),
  evaluate: (query) => ({ ...policies.evaluate(query), errored: [] }),
  evaluatePartially: (query) => ({ ...policies.evaluatePartially(query), errored: [] }),
});

/** The real decision over a module of which something answers otherwise. */
async function decideWith(
  module: "glob" | "remainders" | "normal-form" | "obligations",
  change: object,
): Promise<Pipeline> {
  const path = `../../functions/core/policy/${module}.ts`;
  vi.doMock(path, async (original) => ({ ...(await original<object>()), ...change }));
  vi.resetModules();
  const { decide } = await import("../../functions/core/policy/decide.ts");
  vi.doUnmock(path);
  return { ...REAL, decide };
}

/** The session policy of what was permitted, after something was done to each of the pairs. */
const compileWith = (change: (permitted: Permitted) => Permitted): Pipeline => ({
  ...REAL,
  compile: (permitted, limits) => REAL.compile(permitted.map(change), limits),
});

/** A mistake, and the seed with which the property sees it early. */
export interface Broken {
  readonly seed: number;
  readonly build: () => Promise<Pipeline>;
}

/** Mistakes that could be made, each a way to break I2. The property has to see every one of them. */
export const BROKEN: Readonly<Record<string, Broken>> = {
  "a pattern is evaluated as if it were a string": {
    seed: 2,
    build: async () => ({
      ...REAL,
      decide: (pair, asker, policies) => REAL.decide({ ...pair, isPattern: false }, asker, policies),
    }),
  },
  "a pattern counts as contained as soon as it is not disjoint": {
    seed: 9,
    build: async () => decideWith("glob", { contains: (outer: Glob, inner: Glob) => !disjoint(outer, inner) }),
  },
  "patterns that share members count as disjoint": {
    seed: 2,
    build: async () => decideWith("glob", { disjoint: (a: Glob, b: Glob) => !contains(a, b) }),
  },
  "statements are merged across different resources": {
    seed: 4,
    build: async () => ({ ...REAL, compile: recompiled(merged) }),
  },
  "an ARN without an account is allowed in any": {
    seed: 1,
    build: async () => ({ ...REAL, compile: recompiled((allows) => allows.map(inAnyAccount)) }),
  },
  "a policy that errs is skipped, a forbid too": {
    seed: 1,
    build: async () => ({ ...REAL, cedar: blindToErrors }),
  },
  "a forbid that reaches into a set is forgotten": {
    seed: 2,
    build: async () => compileWith((permitted) => ({ ...permitted, denies: [] })),
  },
  "a Deny is written as the policy has it, though IAM splits an ARN at its colons": {
    seed: 8,
    build: async () => decideWith("remainders", { literalHead: () => "" }),
  },
  "of a Deny one of the ways is dropped": {
    seed: 2,
    build: async () =>
      decideWith("remainders", { remainders: (glob: Glob, head: string) => remainders(glob, head).slice(1) }),
  },
  "the tags that a permit asks for are forgotten": {
    seed: 4,
    build: async () => compileWith((permitted) => ({ ...permitted, conditions: [{}] })),
  },
  "a tag that must be another one may be missing": {
    seed: 9,
    build: async () =>
      compileWith((permitted) => ({
        ...permitted,
        conditions: permitted.conditions.map(({ Null: _, ...conditions }) => conditions),
      })),
  },
  "a Deny by a tag does not hold without the tag": {
    seed: 2,
    build: async () =>
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
    build: async () => decideWith("normal-form", { normalForm: (body: unknown) => normalForm(body, "permit") }),
  },
  "what a person must approve is granted at once": {
    seed: 14,
    build: async () =>
      decideWith("obligations", {
        obligationsOf: (annotations: Readonly<Record<string, string>>) => {
          const { approval: _, ...others } = obligationsOf(annotations);
          return others;
        },
      }),
  },
  "the address is not bound": {
    seed: 4,
    build: async () => ({
      ...REAL,
      compile: (permitted, limits) => REAL.compile(permitted, { ...limits, sourceIp: undefined }),
    }),
  },
  "the fence stands where the task was to end, whatever the permit says": {
    seed: 6,
    build: async () => ({
      ...REAL,
      compile: (permitted, limits) => REAL.compile(permitted, { ...limits, fenceAt: limits.fenceAt + 3_600 }),
    }),
  },
  "a policy that is only watched is enforced": {
    seed: 6,
    build: async () => ({
      ...REAL,
      cedar: (_, texts) => cedarOf(texts.map((text) => text.replace(WATCHED, ""))),
    }),
  },
  "where a part is permitted the whole is granted": {
    seed: 9,
    build: async () => ({ ...REAL, narrowed: (part, whole) => ({ ...part, pair: whole }) }),
  },
  "an action that mints is like any other": {
    seed: 3,
    build: async () => ({
      ...REAL,
      decide: (pair, asker, policies) => REAL.decide({ ...pair, mints: false }, asker, policies),
    }),
  },
};
