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
});
