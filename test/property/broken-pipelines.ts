import { vi } from "vitest";
import type { Policies } from "../../functions/core/policy/query.ts";
import { type Pipeline, REAL } from "./vend-and-try.ts";

/** The session policy after something was done to its statements. */
const recompiled = (change: (allows: Allow[]) => Allow[]): Pipeline["compile"] => (...given) => {
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

const without = (key: string, condition: Allow["Condition"] = {}): Allow["Condition"] =>
  Object.fromEntries(
    Object.entries(condition)
      .map(([operator, keys]) => [operator, Object.fromEntries(Object.entries(keys).filter(([name]) => name !== key))] as const)
      .filter(([, keys]) => Object.keys(keys).length > 0),
  );

const blindToErrors = (policies: Policies): Policies => ({
  hash: policies.hash,
  claims: policies.claims,
  facts: (id) => policies.facts(id),
  evaluate: (query) => ({ ...policies.evaluate(query), errored: [] }),
  evaluatePartially: (query) => ({ ...policies.evaluatePartially(query), errored: [] }),
});

/** The real decision over globs of which one answers otherwise. */
async function decideWith(change: Partial<typeof import("../../functions/core/policy/glob.ts")>): Promise<Pipeline> {
  const path = "../../functions/core/policy/glob.ts";
  vi.doMock(path, async (original) => ({ ...(await original<object>()), ...change }));
  vi.resetModules();
  const { decide } = await import("../../functions/core/policy/decide.ts");
  vi.doUnmock(path);
  return { ...REAL, decide };
}

/** Mistakes that could be made, each a way to break I2. The property has to see every one of them. */
export const BROKEN: Readonly<Record<string, () => Promise<Pipeline>>> = {
  "a pattern is evaluated as if it were a string": async () => ({
    ...REAL,
    decide: (pair, asker, policies) => REAL.decide({ ...pair, isPattern: false }, asker, policies),
  }),
  "a pattern counts as contained as soon as it is not disjoint": async () => {
    const { disjoint } = await import("../../functions/core/policy/glob.ts");
    return decideWith({ contains: (outer, inner) => !disjoint(outer, inner) });
  },
  "patterns that share members count as disjoint": async () => {
    const { contains } = await import("../../functions/core/policy/glob.ts");
    return decideWith({ disjoint: (a, b) => !contains(a, b) });
  },
  "statements are merged across different resources": async () => ({
    ...REAL,
    compile: recompiled((allows) => {
      const [first] = allows;
      return first === undefined || allows.length === 1
        ? allows
        : [
            {
              ...first,
              Action: allows.flatMap(({ Action }) => Action),
              Resource: allows.flatMap(({ Resource }) => Resource),
            },
          ];
    }),
  }),
  "an ARN without an account is allowed in any": async () => ({
    ...REAL,
    compile: recompiled((allows) =>
      allows.map(({ Condition, ...rest }) => {
        const left = without("aws:ResourceAccount", Condition);
        return left === undefined || Object.keys(left).length === 0 ? rest : { ...rest, Condition: left };
      }),
    ),
  }),
  "a policy that errs is skipped, a forbid too": async () => ({ ...REAL, cedar: blindToErrors }),
  "an action that mints is like any other": async () => ({
    ...REAL,
    decide: (pair, asker, policies) => REAL.decide({ ...pair, mints: false }, asker, policies),
  }),
};
