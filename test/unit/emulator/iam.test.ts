import {
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { ListBucketsCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { allow, BUCKET, clientsOf, policy, REVOKER_ROLE, type Stage, setStage, TARGET, TASK_ROLE } from "./stage.ts";

let stage: Stage;
let iam: ReturnType<typeof clientsOf>["iam"];
beforeAll(async () => {
  stage = await setStage();
  iam = clientsOf(stage, stage.aws.keysFor(REVOKER_ROLE, "r1")).iam;
});
afterAll(() => stage.close());

const put = (PolicyDocument: string, PolicyName = "p", RoleName = "task"): PutRolePolicyCommand =>
  new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument });
const text = JSON.stringify(policy(allow("s3:GetObject", `arn:aws:s3:::${BUCKET}/a b(c)*`)));

it("gives a policy back as it was put, lists it, and deletes it", async () => {
  await iam.send(put(text));
  const { PolicyDocument = "" } = await iam.send(new GetRolePolicyCommand({ RoleName: "task", PolicyName: "p" }));
  expect(decodeURIComponent(PolicyDocument)).toBe(text);
  const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName: "task" }));
  expect(PolicyNames).toEqual(["p"]);
  expect(stage.aws.rolePolicies(TASK_ROLE).inline).toEqual({ p: text });
  await iam.send(new DeleteRolePolicyCommand({ RoleName: "task", PolicyName: "p" }));
  expect(stage.aws.rolePolicies(TASK_ROLE).inline).toEqual({});
});

it("describes a role with its trust policy", async () => {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: "task" }));
  expect(Role).toMatchObject({ Arn: TASK_ROLE, RoleName: "task", RoleId: expect.stringMatching(/^AROA/) });
  expect(JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ""))).toEqual(
    stage.aws.rolePolicies(TASK_ROLE).trust,
  );
});

it("takes 10,240 characters over all inline policies of a role, white space not counted, and no more", async () => {
  const filler = (characters: number): string => {
    const empty = JSON.stringify(policy(allow("s3:GetObject", "arn:aws:s3:::b/")));
    return empty.replace("b/", `b/${"x".repeat(characters - empty.length)}`);
  };
  await iam.send(put(filler(5000), "one"));
  await iam.send(put(`${filler(5240)}${" ".repeat(500)}`, "two"));
  await iam.send(put(filler(5000), "one"));
  await expect(iam.send(put(filler(5241), "two"))).rejects.toMatchObject({ name: "LimitExceededException" });
  for (const PolicyName of ["one", "two"])
    await iam.send(new DeleteRolePolicyCommand({ RoleName: "task", PolicyName }));
});

it.each([
  ["no JSON", () => put("{"), "MalformedPolicyDocumentException"],
  ["an unknown effect", () => put(text.replace("Allow", "Permit")), "MalformedPolicyDocumentException"],
  ["a role that does not exist", () => put(text, "p", "nobody"), "NoSuchEntityException"],
  ["a policy name with a slash", () => put(text, "a/b"), "ValidationError"],
])("refuses %s", async (_what, command, name) => {
  await expect(iam.send(command())).rejects.toMatchObject({ name });
});

it("reports where there is no such policy", async () => {
  for (const command of [
    new GetRolePolicyCommand({ RoleName: "task", PolicyName: "none" }),
    new DeleteRolePolicyCommand({ RoleName: "task", PolicyName: "none" }),
  ])
    await expect(iam.send(command as GetRolePolicyCommand)).rejects.toMatchObject({ name: "NoSuchEntityException" });
});

it("lets nobody write a policy who is not allowed to", async () => {
  const { iam: asVendor } = clientsOf(stage, await stage.vend({ Policy: JSON.stringify(policy(allow("s3:*"))) }));
  await expect(asVendor.send(put(text))).rejects.toMatchObject({ name: "AccessDenied" });
});

it("gives a policy the boundary of the role", async () => {
  const boundaryArn = `arn:aws:iam::${TARGET}:policy/ceiling`;
  const target = stage.aws.admin(TARGET);
  const trust = policy({ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" });
  await target.createRole({ name: "capped", trust, boundary: policy(allow("s3:*")), boundaryArn });
  const only = allow("iam:PutRolePolicy", "*", { ArnEquals: { "iam:PermissionsBoundary": boundaryArn } });
  const { arn } = await target.createRole({ name: "careful", trust, permissions: { only: policy(only) } });
  const careful = clientsOf(stage, stage.aws.keysFor(arn, "c1")).iam;
  await expect(careful.send(put(text, "p", "capped"))).resolves.toBeDefined();
  await expect(careful.send(put(text, "p", "task"))).rejects.toMatchObject({ name: "AccessDenied" });
});

it.each([
  [
    "a permission that is none",
    { permissions: { p: policy({ Effect: "Allow", Action: "*" }) } },
    "policy p of role bad",
  ],
  ["a boundary that is none", { boundary: policy({ Effect: "Alow", Action: "*", Resource: "*" }) }, "policy boundary"],
  ["trust in nobody", { trust: policy({ Effect: "Allow", Action: "sts:AssumeRole" }) }, "trust policy of role bad"],
  ["trust with a resource", { trust: policy(allow("sts:AssumeRole")) }, "trust policy of role bad"],
])("makes no role of %s", async (_what, change, message) => {
  const trust = policy({ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" });
  await expect(stage.aws.admin(TARGET).createRole({ name: "bad", trust, ...change })).rejects.toThrow(message);
});

it("can act late on what is written, as AWS does: it is read back at once, and decides later", async () => {
  const { s3 } = clientsOf(stage, await stage.vend());
  const may = () =>
    s3.send(new ListBucketsCommand({})).then(
      () => true,
      () => false,
    );
  const denied = JSON.stringify(policy({ Effect: "Deny", Action: "*", Resource: "*" }));
  stage.aws.iamActsAfter(60_000);
  await iam.send(put(denied));
  expect(stage.aws.rolePolicies(TASK_ROLE).inline).toEqual({ p: denied });
  expect(await may()).toBe(true);
  stage.advance(50);
  expect(await may()).toBe(true);
  stage.advance(10.1);
  expect(await may()).toBe(false);
  // The removal acts late as well. A policy that never acts changes nothing.
  await iam.send(new DeleteRolePolicyCommand({ RoleName: "task", PolicyName: "p" }));
  expect(await may()).toBe(false);
  stage.advance(60.1);
  expect(await may()).toBe(true);
  stage.aws.iamActsAfter(Number.POSITIVE_INFINITY);
  await iam.send(put(denied));
  stage.advance(600);
  stage.aws.iamActsAfter(0);
  expect(await may()).toBe(true);
  await iam.send(new DeleteRolePolicyCommand({ RoleName: "task", PolicyName: "p" }));
});

it("acts on the last write that has come, whichever was sent first", async () => {
  const { s3 } = clientsOf(stage, await stage.vend());
  const may = () =>
    s3.send(new ListBucketsCommand({})).then(
      () => true,
      () => false,
    );
  stage.aws.iamActsAfter(60_000);
  await iam.send(put(text));
  stage.aws.iamActsAfter(0);
  await iam.send(put(JSON.stringify(policy({ Effect: "Deny", Action: "*", Resource: "*" }))));
  expect(await may()).toBe(false);
  stage.advance(61);
  expect(await may()).toBe(false);
  await iam.send(new DeleteRolePolicyCommand({ RoleName: "task", PolicyName: "p" }));
  expect(await may()).toBe(true);
});

it("decides by the policies of the last deployment: what was allowed before is not remembered", async () => {
  const account = stage.aws.admin(TARGET);
  await account.createRole({
    name: "deployed",
    trust: policy(),
    permissions: { all: policy(allow("s3:ListAllMyBuckets")) },
  });
  const { s3 } = clientsOf(stage, stage.aws.keysFor(`arn:aws:iam::${TARGET}:role/deployed`, "d1"));
  const lists = () =>
    s3.send(new ListBucketsCommand({})).then(
      () => "Allowed",
      (error: Error) => error.name,
    );
  expect(await lists()).toBe("Allowed");
  account.replacePermissions("deployed", { all: policy(allow("s3:GetObject")) });
  expect(await lists()).toBe("AccessDenied");
  account.replacePermissions("deployed", { all: policy(allow("s3:ListAllMyBuckets")) });
  expect(await lists()).toBe("Allowed");
});
