import { vi } from "vitest";
import { contains, disjoint } from "../../functions/core/policy/glob.ts";
import type { Policies } from "../../functions/core/policy/query.ts";
import { type Pipeline, REAL } from "./vend-and-try.ts";

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

/** The real decision over globs of which one answers otherwise. */
async function decideWith(change: {
  readonly contains?: typeof contains;
  readonly disjoint?: typeof disjoint;
}): Promise<Pipeline> {
  const path = "../../functions/core/policy/glob.ts";
  vi.doMock(path, async (original) => ({ ...(await original<object>()), ...change }));
  vi.resetModules();
  const { decide } = await import("../../functions/core/policy/decide.ts");
  vi.doUnmock(path);
  return { ...REAL, decide };
}

/** A mistake, and the seed with which the property sees it early. */
export interface Broken {
  readonly seed: number;
  readonly build: () => Promise<Pipeline>;
}

/** Mistakes that could be made, each a way to break I2. The property has to see every one of them. */
export const BROKEN: Readonly<Record<string, Broken>> = {
  "a pattern is evaluated as if it were a string": {
    seed: 5,
    build: async () => ({
      ...REAL,
      decide: (pair, asker, policies) => REAL.decide({ ...pair, isPattern: false }, asker, policies),
    }),
  },
  "a pattern counts as contained as soon as it is not disjoint": {
    seed: 6,
    build: async () => decideWith({ contains: (outer, inner) => !disjoint(outer, inner) }),
  },
  "patterns that share members count as disjoint": {
    seed: 5,
    build: async () => decideWith({ disjoint: (a, b) => !contains(a, b) }),
  },
  "statements are merged across different resources": {
    seed: 6,
    build: async () => ({ ...REAL, compile: recompiled(merged) }),
  },
  "an ARN without an account is allowed in any": {
    seed: 7,
    build: async () => ({ ...REAL, compile: recompiled((allows) => allows.map(inAnyAccount)) }),
  },
  "a policy that errs is skipped, a forbid too": {
    seed: 5,
    build: async () => ({ ...REAL, cedar: blindToErrors }),
  },
  "a forbid that reaches into a set is forgotten": {
    seed: 1,
    build: async () => ({
      ...REAL,
      compile: (permitted, limits) =>
        REAL.compile(
          permitted.map((each) => ({ ...each, denies: [] })),
          limits,
        ),
    }),
  },
  "the tags that a permit asks for are forgotten": {
    seed: 3,
    build: async () => ({
      ...REAL,
      compile: (permitted, limits) =>
        REAL.compile(
          permitted.map((each) => ({ ...each, conditions: {} })),
          limits,
        ),
    }),
  },
  "an action that mints is like any other": {
    seed: 1,
    build: async () => ({
      ...REAL,
      decide: (pair, asker, policies) => REAL.decide({ ...pair, mints: false }, asker, policies),
    }),
  },
};
