import { describe, expect, it } from "vitest";
import { saysTheSame } from "../../../client/doctor/aws/same-document.ts";
import { taskRoleTrust } from "../../../infra/target-rights.ts";

const TRUST = taskRoleTrust({ partition: "aws", account: "999900001111" });
const changed = (change: (statement: Record<string, unknown>) => unknown, at = 0) =>
  TRUST.map((statement, index) => (index === at ? change(structuredClone(statement) as never) : statement));

describe("a trust policy that a role has", () => {
  it("is equal in another order, under other Sids, and with one value in a list or by itself", () => {
    const scalars = JSON.parse(JSON.stringify(TRUST).replaceAll(/\["([^",]+)"\]/g, '"$1"'));
    expect(scalars).not.toEqual(TRUST);
    expect(saysTheSame(scalars.toReversed(), TRUST)).toBe(true);
    expect(
      saysTheSame(
        changed(({ Sid: _, ...rest }) => rest),
        TRUST,
      ),
    ).toBe(true);
  });

  it.each([
    ["lacks a condition", changed(({ Condition: _, ...rest }) => rest)],
    ["lacks a statement", TRUST.slice(1)],
    ["has a statement more", [...TRUST, { Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }]],
    ["allows an action more", changed((each) => ({ ...each, Action: ["sts:AssumeRole", "sts:*"] }))],
    ["admits one more", changed((each) => ({ ...each, Principal: { AWS: ["arn:aws:iam::999900001111:role/x"] } }))],
    ["has another effect", changed((each) => ({ ...each, Effect: "Deny" }))],
    ["has another value in a condition", JSON.parse(JSON.stringify(TRUST).replace('"?*"', '"*"'))],
  ])("is different where it %s", (_, statements) => {
    expect(saysTheSame(statements, TRUST)).toBe(false);
  });
});
