import { describe, expect, it } from "vitest";
import { CedarPolicies } from "../../../functions/adapters/cedar/cedar-policies.ts";
import { operationQuery } from "../../../functions/core/policy/operation-query.ts";
import { parsePolicies } from "../../../functions/policy/read/parse-policies.ts";
import { decideOperation } from "../../../functions/steps/requests/authorise-operation.ts";

const PERMIT = `@id("all") permit (principal is User, action, resource);`;
const decided = (text: string): boolean => {
  const policies = parsePolicies({ name: "a.cedar", path: "a.cedar", text }).map(({ policy }) => policy);
  const query = operationQuery({ id: "staff|ann", groups: [], isFirst: true }, "valetkey:LiftPanic", "deployment");
  return decideOperation(query, new CedarPolicies({ policies, claims: [], hash: text })).isPermitted;
};

describe("an operation", () => {
  it("is permitted by a policy, and by nothing that errs: a forbid that errs is a no, a permit is none", () => {
    expect(decided(PERMIT)).toBe(true);
    expect(decided(`${PERMIT}@id("errs") forbid (principal, action, resource) when { context.nothing == 1 };`)).toBe(
      false,
    );
    expect(decided(`@id("errs") permit (principal, action, resource) when { context.nothing == 1 };`)).toBe(false);
    expect(decided(`${PERMIT}@id("errs") permit (principal, action, resource) when { context.nothing == 1 };`)).toBe(
      true,
    );
  });
});
