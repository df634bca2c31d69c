import { describe, expect, it } from "vitest";
import { CedarPolicies } from "../../../functions/adapters/cedar/cedar-policies.ts";
import type { PreparedPolicy } from "../../../functions/core/policy/prepared-policy.ts";
import type { Query } from "../../../functions/core/policy/query.ts";
import { jsonOf } from "../core/cedar-of.ts";

function policy(id: string, effect: "permit" | "forbid", action: string): PreparedPolicy {
  const text = `${effect} (principal, action == Action::"${action}", resource);`;
  return { id, effect, annotations: {}, reads: [], text, json: jsonOf(text), scope: { actions: [action] } };
}

const queryOf = (action: string): Query => ({
  principal: { type: "Agent", id: "demo" },
  action: { type: "Action", id: action },
  resource: { type: "AWS::Resource", id: "r" },
  context: {},
  entities: [],
});

const prepared = (policies: readonly PreparedPolicy[]) => new CedarPolicies({ policies, claims: [], hash: "slices" });

describe("the policies that are prepared for questions", () => {
  it("are as many sets as there are, however many kinds of actions an agent requests", () => {
    const policies = prepared([policy("reads", "permit", "s3:GetObject"), policy("no", "forbid", "s3:PutObject")]);
    for (let index = 0; index < 300; index += 1) policies.evaluate(queryOf(`kind-${index}:Do`));
    expect(policies.evaluate(queryOf("s3:GetObject")).allowed).toBe(true);
    expect(policies.evaluate(queryOf("s3:PutObject")).allowed).toBe(false);
    // All, none, and each of the two alone.
    expect(policies.preparedSets).toBe(4);
  });

  it("are a bounded number of sets; what would be one more is answered by all of them, and alike", () => {
    const names = Array.from({ length: 1_100 }, (_, index) => `kind-${index}:Do`);
    const policies = prepared(
      names.map((name, index) => policy(`policy-${index}`, index % 2 === 0 ? "permit" : "forbid", name)),
    );
    const answers = names.map((name) => policies.evaluate(queryOf(name)));
    expect(policies.preparedSets).toBe(1_000);
    expect(answers.map(({ deciding }) => deciding)).toEqual(names.map((_, index) => [`policy-${index}`]));
  });

  it("are a bounded number of policies, each counted in each set; what would be more is answered alike", () => {
    const everywhere = Array.from({ length: 400 }, (_, index): PreparedPolicy => {
      const { scope: _scope, ...given } = policy(`everywhere-${index}`, "permit", "any:Thing");
      const text = `permit (principal, action, resource) when { context.x == ${index} };`;
      return { ...given, text, json: jsonOf(text), scope: {} };
    });
    const names = Array.from({ length: 120 }, (_, index) => `kind-${index}:Do`);
    const own = names.map((name, index) => policy(`policy-${index}`, "permit", name));
    const policies = prepared([...everywhere, ...own]);
    const queries = names.map((name, index) => ({ ...queryOf(name), context: { x: 1_000 + index } }));
    const answers = queries.map((query) => policies.evaluate(query));
    // All, and as many sets of 401 as 20,000 policies are.
    expect(policies.preparedSets).toBe(1 + Math.floor(20_000 / 401));
    expect(answers.map(({ deciding }) => deciding)).toEqual(names.map((_, index) => [`policy-${index}`]));
    const left = queries.map((query) => policies.evaluatePartially(query).residuals.length);
    expect(new Set(left)).toEqual(new Set([401]));
  });
});

describe("the answers that are cached", () => {
  /** Policies that read the purpose, and queries that differ in it. */
  const asked = (count: number) => {
    const text = (index: number) => `permit (principal, action, resource) when { context.purpose != "${index}" };`;
    const policies = prepared(
      Array.from({ length: count }, (_, index): PreparedPolicy => {
        return {
          ...policy(`p${index}`, "permit", "any:Thing"),
          text: text(index),
          json: jsonOf(text(index)),
          scope: {},
        };
      }),
    );
    const answerTo = (purpose: number) =>
      policies.evaluatePartially({ ...queryOf("any:Thing"), context: { purpose: `purpose ${purpose}` } });
    return answerTo;
  };

  it("are dropped where they hold more than 20,000 policies together", () => {
    const answerTo = asked(500);
    const first = answerTo(0);
    for (let purpose = 1; purpose < 40; purpose += 1) answerTo(purpose);
    expect(answerTo(0)).toBe(first);
    answerTo(40);
    expect(answerTo(0)).not.toBe(first);
    expect(answerTo(0)).toEqual(first);
  });

  it("are dropped where they are more than 500", () => {
    const answerTo = asked(1);
    const first = answerTo(0);
    for (let purpose = 1; purpose < 500; purpose += 1) answerTo(purpose);
    expect(answerTo(0)).toBe(first);
    answerTo(500);
    expect(answerTo(0)).not.toBe(first);
  });
});
