import { randomBytes } from "node:crypto";
import { AssumeRoleCommand, type AssumeRoleCommandInput } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allow, clientsOf, policy, type Stage, setStage, TARGET, TASK_ROLE, VENDOR_ROLE } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
  await stage.aws.admin(TARGET).createRole({
    name: "next",
    trust: policy({
      Effect: "Allow",
      Principal: { AWS: TASK_ROLE },
      Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
    }),
    permissions: { all: policy(allow("s3:*")) },
  });
});
afterAll(() => stage.close());

const tags = (count: number): AssumeRoleCommandInput["Tags"] =>
  Array.from({ length: count }, (_, index) => ({ Key: index === 0 ? "valetkey:task" : `t${index}`, Value: "x" }));
const policyOf = (characters: number): string => {
  const text = JSON.stringify(policy(allow("s3:GetObject")));
  return text + " ".repeat(characters - text.length);
};

describe("AssumeRole obeys the documented limits", () => {
  it.each<[string, Partial<AssumeRoleCommandInput>]>([
    ["900 seconds", { DurationSeconds: 900 }],
    ["an hour", { DurationSeconds: 3600 }],
    ["a session name of 64 characters", { RoleSessionName: "s".repeat(64) }],
    ["50 tags", { Tags: tags(50) }],
    ["a policy of 2,048 characters", { Policy: policyOf(2048) }],
  ])("takes %s", async (_what, change) => {
    await expect(stage.vend(change)).resolves.toBeDefined();
  });

  it.each<[string, Partial<AssumeRoleCommandInput>, string]>([
    ["899 seconds", { DurationSeconds: 899 }, "ValidationError"],
    ["more than an hour in a chain", { DurationSeconds: 3601 }, "ValidationError"],
    ["a session name of 65 characters", { RoleSessionName: "s".repeat(65) }, "ValidationError"],
    ["a session name with a colon", { RoleSessionName: "a:b" }, "ValidationError"],
    ["a session name of one character", { RoleSessionName: "a" }, "ValidationError"],
    ["a source identity with a slash", { SourceIdentity: "a/b" }, "ValidationError"],
    ["51 tags", { Tags: tags(51) }, "ValidationError"],
    ["a tag key of AWS's own", { Tags: [...(tags(1) ?? []), { Key: "aws:x", Value: "" }] }, "ValidationError"],
    [
      "tag keys that differ in case only",
      { Tags: [...(tags(1) ?? []), { Key: "Valetkey:Task", Value: "" }] },
      "ValidationError",
    ],
    ["a tag value with a comma", { Tags: [{ Key: "valetkey:task", Value: "a,b" }] }, "ValidationError"],
    ["a transitive tag that is not among the tags", { TransitiveTagKeys: ["other"] }, "ValidationError"],
    ["a policy of 2,049 characters", { Policy: policyOf(2049) }, "ValidationError"],
    ["a policy with a character above U+00FF", { Policy: policyOf(200).replace(/ $/, "€") }, "ValidationError"],
    ["a policy that is no JSON", { Policy: "{" }, "MalformedPolicyDocumentException"],
    [
      "a policy with an unknown member",
      { Policy: JSON.stringify(policy({ Effect: "Allow", Actoin: "*", Resource: "*" })) },
      "MalformedPolicyDocumentException",
    ],
    [
      "a policy that packs badly",
      {
        Policy: JSON.stringify(policy(allow("s3:GetObject", `arn:aws:s3:::b/${randomBytes(1400).toString("base64")}`))),
      },
      "PackedPolicyTooLargeException",
    ],
    ["a role that is no role", { RoleArn: "arn:aws:iam::111122223333:user/alice" }, "ValidationError"],
  ])("refuses %s", async (_what, change, name) => {
    await expect(stage.vend(change)).rejects.toMatchObject({ name });
  });
});

describe("the tags that a chain inherits", () => {
  const chained = (change: Partial<AssumeRoleCommandInput> = {}): AssumeRoleCommand =>
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${TARGET}:role/next`, RoleSessionName: "next.", ...change });

  it("the source identity and the transitive tags go along, other tags do not", async () => {
    const keys = await stage.vend({ Tags: [...(tags(1) ?? []), { Key: "plain", Value: "y" }] });
    const { Credentials, SourceIdentity } = await clientsOf(stage, keys).sts.send(chained());
    expect(SourceIdentity).toBe("demo");
    const next = {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
    await clientsOf(stage, next).s3.send(new (await import("@aws-sdk/client-s3")).ListBucketsCommand({}));
    const context = stage.calls.at(-1)?.context ?? {};
    expect(context).toMatchObject({ "aws:SourceIdentity": "demo", "aws:PrincipalTag/valetkey:task": "x" });
    expect(context).not.toHaveProperty("aws:PrincipalTag/plain");
  });

  it.each<[string, Partial<AssumeRoleCommandInput>, string]>([
    ["another source identity", { SourceIdentity: "other" }, "AccessDenied"],
    ["an inherited tag with a new value", { Tags: [{ Key: "VALETKEY:task", Value: "z" }] }, "ValidationError"],
  ])("refuses %s", async (_what, change, name) => {
    const { sts } = clientsOf(stage, await stage.vend());
    await expect(sts.send(chained(change))).rejects.toMatchObject({ name });
  });
});

it("a source identity may be passed on only by who may set one, even within an account", async () => {
  const target = stage.aws.admin(TARGET);
  const trust = (AWS: string): Record<string, unknown> =>
    policy({ Effect: "Allow", Principal: { AWS }, Action: ["sts:AssumeRole", "sts:SetSourceIdentity"] });
  const attempt = async (name: string, ...actions: string[]): Promise<unknown> => {
    const permissions = { sts: policy(allow(actions)) };
    const first = await target.createRole({ name: `${name}-first`, trust: trust(VENDOR_ROLE), permissions });
    const second = await target.createRole({ name: `${name}-second`, trust: trust(first.arn) });
    const keys = await stage.vend({ RoleArn: first.arn, Tags: [], TransitiveTagKeys: [] });
    const input = { RoleArn: second.arn, RoleSessionName: "second." };
    return clientsOf(stage, keys).sts.send(new AssumeRoleCommand(input));
  };
  await expect(attempt("may", "sts:AssumeRole", "sts:SetSourceIdentity")).resolves.toBeDefined();
  await expect(attempt("may-not", "sts:AssumeRole")).rejects.toThrow(
    "no identity-based policy allows the sts:SetSourceIdentity",
  );
});

it("a session with transitive tags becomes only a role that takes tags", async () => {
  const trust = policy({
    Effect: "Allow",
    Principal: { AWS: TASK_ROLE },
    Action: ["sts:AssumeRole", "sts:SetSourceIdentity"],
  });
  await stage.aws.admin(TARGET).createRole({ name: "tagless", trust });
  const { sts } = clientsOf(stage, await stage.vend());
  const input = { RoleArn: `arn:aws:iam::${TARGET}:role/tagless`, RoleSessionName: "tagless." };
  await expect(sts.send(new AssumeRoleCommand(input))).rejects.toThrow("sts:TagSession");
});

it("within an account the trust policy alone is enough", async () => {
  const nobody = policy({ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" });
  const { arn } = await stage.aws.admin(TARGET).createRole({ name: "powerless", trust: nobody });
  const trust = policy({ Effect: "Allow", Principal: { AWS: arn }, Action: "sts:AssumeRole" });
  await stage.aws.admin(TARGET).createRole({ name: "trusting", trust });
  const { sts } = clientsOf(stage, stage.aws.keysFor(arn, "p1"));
  const input = { RoleArn: `arn:aws:iam::${TARGET}:role/trusting`, RoleSessionName: "trusting." };
  await expect(sts.send(new AssumeRoleCommand(input))).resolves.toBeDefined();
});

it("states an expiration in whole seconds, the duration after the issue time", async () => {
  const { sts } = clientsOf(stage, await stage.vend({ DurationSeconds: 900 }));
  await sts.send(new (await import("@aws-sdk/client-sts")).GetCallerIdentityCommand({}));
  const issuedAt = String(stage.calls.at(-1)?.context["aws:TokenIssueTime"]);
  expect(issuedAt).toMatch(/:\d\d\.000Z$/);
  const vendor = clientsOf(stage, stage.aws.keysFor(VENDOR_ROLE, "vend-2")).sts;
  const tagged = { SourceIdentity: "demo", Tags: [{ Key: "valetkey:task", Value: "x" }] };
  const input = { RoleArn: TASK_ROLE, RoleSessionName: "whole.", DurationSeconds: 901, ...tagged };
  const before = Date.now();
  const { Credentials } = await vendor.send(new AssumeRoleCommand(input));
  const expiresAt = Credentials?.Expiration?.getTime() ?? 0;
  expect(expiresAt % 1000).toBe(0);
  expect(expiresAt).toBeGreaterThan(before + 900_000 - 1000);
  expect(expiresAt).toBeLessThanOrEqual(Date.now() + 901_000);
});
