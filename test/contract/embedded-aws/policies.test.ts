import { DeleteRolePolicyCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { describe, expect, it } from "vitest";
import {
  allow,
  BOUNDED_ROLE,
  BUCKET,
  clientsOf,
  deny,
  HUB,
  policy,
  REVOKER_ROLE,
  STRANGER_ROLE,
  TARGET,
  TASK_ROLE,
} from "../../unit/emulator/stage.ts";
import { named, sessionPolicy, shareStage, stage } from "./shared-stage.ts";

shareStage();

const report = new GetObjectCommand({ Bucket: BUCKET, Key: "reports/a.txt" });
const pii = new GetObjectCommand({ Bucket: BUCKET, Key: "pii/b.txt" });
const onlyReports = allow("s3:GetObject", `arn:aws:s3:::${BUCKET}/reports/*`);

describe("a session of the embedded AWS", () => {
  it("is restricted by its session policy", async () => {
    const { s3 } = clientsOf(stage, await stage.vend(sessionPolicy(onlyReports)));
    await expect(s3.send(report)).resolves.toBeDefined();
    await expect(s3.send(pii)).rejects.toMatchObject({
      name: "AccessDenied",
      message: expect.stringContaining("because no session policy allows the s3:GetObject action"),
    });
  });

  it("has its role's rights without a session policy", async () => {
    await expect(clientsOf(stage, await stage.vend()).s3.send(pii)).resolves.toBeDefined();
  });

  it("is capped by a boundary of its role", async () => {
    const { s3 } = clientsOf(stage, await stage.vend({ RoleArn: BOUNDED_ROLE }));
    await expect(s3.send(pii)).resolves.toBeDefined();
    await expect(s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "x", Body: "x" }))).rejects.toMatchObject({
      name: "AccessDenied",
      message: expect.stringContaining("because no permissions boundary allows"),
    });
  });

  it("ends at the second of a fence in its session policy", async () => {
    const fence = deny("*", { DateGreaterThan: { "aws:CurrentTime": stage.inSeconds(400) } });
    const { s3 } = clientsOf(stage, await stage.vend(sessionPolicy(onlyReports, fence)));
    stage.advance(398);
    await expect(s3.send(report)).resolves.toBeDefined();
    stage.advance(3);
    await expect(s3.send(report)).rejects.toMatchObject({
      name: "AccessDenied",
      message: expect.stringContaining("with an explicit deny in a session policy"),
    });
  });

  it("dies with its children by an inline Deny on aws:userid, and no other session does", async () => {
    const { iam } = clientsOf(stage, stage.aws.keysFor(REVOKER_ROLE, "reconcile"));
    const [task, child, other] = await Promise.all(
      ["endedtask111.", "endedtask111.c1x9.", "endedtask112."].map(async (RoleSessionName) =>
        clientsOf(stage, await stage.vend({ RoleSessionName })),
      ),
    );
    await expect(task?.s3.send(report)).resolves.toBeDefined();
    const revocation = policy(deny("*", { StringLike: { "aws:userid": ["*:endedtask111.*"] } }));
    await iam.send(
      new PutRolePolicyCommand({ RoleName: "task", PolicyName: "revoked", PolicyDocument: JSON.stringify(revocation) }),
    );
    await expect(task?.s3.send(report)).rejects.toEqual(named("AccessDenied"));
    await expect(child?.s3.send(report)).rejects.toEqual(named("AccessDenied"));
    await expect(other?.s3.send(report)).resolves.toBeDefined();
    await iam.send(new DeleteRolePolicyCommand({ RoleName: "task", PolicyName: "revoked" }));
    await expect(task?.s3.send(report)).resolves.toBeDefined();
  });

  it("dies by a Deny on aws:TokenIssueTime if it was issued before that time", async () => {
    const before = clientsOf(stage, await stage.vend());
    stage.advance(10);
    const cut = stage.inSeconds(0);
    stage.advance(10);
    const after = clientsOf(stage, await stage.vend());
    const { iam } = clientsOf(stage, stage.aws.keysFor(REVOKER_ROLE, "reconcile"));
    const PolicyDocument = JSON.stringify(policy(deny("*", { DateLessThan: { "aws:TokenIssueTime": cut } })));
    await iam.send(new PutRolePolicyCommand({ RoleName: "task", PolicyName: "revoked", PolicyDocument }));
    await expect(before.s3.send(report)).rejects.toEqual(named("AccessDenied"));
    await expect(after.s3.send(report)).resolves.toBeDefined();
    await iam.send(new DeleteRolePolicyCommand({ RoleName: "task", PolicyName: "revoked" }));
  });

  it("is denied where a condition reads a key that the embedded AWS does not know, rather than treated as without the key", async () => {
    const encrypted = deny("s3:PutObject", { StringEquals: { "s3:x-amz-server-side-encryption": "AES256" } });
    const { s3, sts } = clientsOf(stage, await stage.vend(sessionPolicy(allow("s3:*"), encrypted)));
    await expect(s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "x", Body: "x" }))).rejects.toMatchObject({
      name: "AccessDenied",
      message: expect.stringContaining(
        "asks for s3:x-amz-server-side-encryption, which the embedded AWS does not supply",
      ),
    });
    await expect(sts.send(new GetCallerIdentityCommand({}))).resolves.toBeDefined();
  });

  it("reports every decision with its reason to onApiCall", async () => {
    const keys = await stage.vend(sessionPolicy(onlyReports));
    await clientsOf(stage, keys)
      .s3.send(pii)
      .catch(() => undefined);
    expect(stage.calls.at(-1)).toMatchObject({
      service: "s3",
      operation: "GetObject",
      action: "s3:GetObject",
      resource: `arn:aws:s3:::${BUCKET}/pii/b.txt`,
      accessKeyId: keys.accessKeyId,
      sessionName: "k7f3m2q9x4ab.",
      sourceIdentity: "demo",
      decision: "Denied",
      why: "because no session policy allows the s3:GetObject action",
    });
    expect(stage.calls.at(-1)?.context).toMatchObject({
      "aws:PrincipalTag/valetkey:task": "k7f3m2q9x4ab",
      "aws:SourceIdentity": "demo",
      "aws:PrincipalArn": TASK_ROLE,
      "aws:ResourceAccount": TARGET,
    });
  });
});

describe("a role's trust policy", () => {
  it.each([
    ["the tags are missing", { Tags: [], TransitiveTagKeys: [] }],
    ["the source identity is missing", { SourceIdentity: undefined }],
    ["the role does not exist", { RoleArn: `arn:aws:iam::${TARGET}:role/nobody` }],
    ["the role trusts another principal", { RoleArn: REVOKER_ROLE }],
  ])("refuses a principal when %s", async (_why, change) => {
    await expect(stage.vend(change)).rejects.toEqual(named("AccessDenied"));
  });

  it("refuses another principal, whatever its own policies allow", async () => {
    const { sts } = clientsOf(stage, stage.aws.keysFor(STRANGER_ROLE, "s1"));
    const input = {
      RoleArn: TASK_ROLE,
      RoleSessionName: "k7f3m2q9x4ab.",
      SourceIdentity: "demo",
      Tags: [{ Key: "valetkey:task", Value: "x" }],
    };
    await expect(sts.send(new AssumeRoleCommand(input))).rejects.toEqual(named("AccessDenied"));
  });

  it("refuses a principal that it trusts, but whose own account does not allow the call", async () => {
    await stage.aws.admin(TARGET).createRole({
      name: "open",
      trust: policy({
        Effect: "Allow",
        Principal: { AWS: REVOKER_ROLE.replace(TARGET, HUB) },
        Action: "sts:AssumeRole",
      }),
    });
    await stage.aws.admin(HUB).createRole({
      name: "revoker",
      trust: policy({ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }),
    });
    const { sts } = clientsOf(stage, stage.aws.keysFor(`arn:aws:iam::${HUB}:role/revoker`, "r1"));
    const attempt = sts.send(
      new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${TARGET}:role/open`, RoleSessionName: "r1" }),
    );
    await expect(attempt).rejects.toMatchObject({ message: expect.stringContaining("no identity-based policy") });
  });
});
