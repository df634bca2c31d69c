import { expect, it, vi } from "vitest";
import { CedarPolicies } from "../../../functions/adapters/cedar/cedar-policies.ts";
import { readPolicies } from "../../../functions/adapters/cedar/read-policies.ts";
import type { DeploymentBundle } from "../../../functions/adapters/files/shipped-files.ts";
import type { PreparedPolicies, PreparedPolicy } from "../../../functions/core/policy/prepared-policy.ts";
import type { Query } from "../../../functions/core/policy/query.ts";
import { jsonOf } from "../core/cedar-of.ts";

function policy(id: string, text: string, annotations: PreparedPolicy["annotations"] = {}): PreparedPolicy {
  const json = jsonOf(text);
  return { id, effect: json.effect, annotations, reads: [], text, json };
}

const PERMIT = policy("any", "permit (principal, action, resource);");
/** Errs about every agent without the label, so about nobody too. */
const ERRING = policy(
  "erring",
  "forbid (principal, action, resource) when { principal.labels.zone == context.none.x };",
);

const QUERY: Query = {
  principal: { type: "Agent", id: "demo" },
  action: { type: "Action", id: "s3:GetObject" },
  resource: { type: "AWS::Resource", id: "target" },
  context: {},
  entities: [],
};

it.each([
  ["a permit of everything", [PERMIT]],
  ["a policy that errs about nobody", [ERRING, PERMIT]],
  ["a shadow alone", [policy("shadow", "permit (principal, action, resource);", { mode: "shadow" })]],
  ["no policy", []],
])("a query of Cedar before the first request changes no answer and stores nothing: %s", (_, policies) => {
  const [warm, cold] = [0, 1].map(() => new CedarPolicies({ policies, claims: [], hash: `${policies.length}` }));
  warm?.warm();
  expect(warm?.preparedSets).toBe(cold?.preparedSets);
  expect(warm?.evaluate(QUERY)).toEqual(cold?.evaluate(QUERY));
  expect(warm?.evaluatePartially(QUERY)).toEqual(cold?.evaluatePartially(QUERY));
});

it("a function queries Cedar once when it reads its policies, so that no request waits for Cedar's code to be compiled", async () => {
  const warm = vi.spyOn(CedarPolicies.prototype, "warm");
  const prepared: Omit<PreparedPolicies, "hash"> = { policies: [PERMIT], claims: [] };
  const shipped = { text: () => JSON.stringify(prepared), hash: "h" } as unknown as DeploymentBundle;
  const policies = await readPolicies(shipped);
  expect(warm).toHaveBeenCalledOnce();
  expect(policies.evaluate(QUERY).allowed).toBe(true);
});
