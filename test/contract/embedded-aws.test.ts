import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { DeleteRolePolicyCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Credentials } from "../../local/aws/sessions.ts";
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
  type Stage,
  setStage,
  TABLE,
  TARGET,
  TASK_ROLE,
  VENDOR_ROLE,
} from "../unit/local/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());
beforeEach(() => {
  stage.calls.length = 0;
  stage.changes.length = 0;
});

const report = new GetObjectCommand({ Bucket: BUCKET, Key: "reports/a.txt" });
const pii = new GetObjectCommand({ Bucket: BUCKET, Key: "pii/b.txt" });
const onlyReports = allow("s3:GetObject", `arn:aws:s3:::${BUCKET}/reports/*`);
const sessionPolicy = (...statements: object[]): { Policy: string } => ({
  Policy: JSON.stringify(policy(...statements)),
});
const named = (name: string): object => expect.objectContaining({ name });

describe("who calls is proven by the signature", () => {
  const attempts: [service: string, code: string, attempt: (credentials: Credentials) => Promise<unknown>][] = [
    ["STS", "SignatureDoesNotMatch", (c) => clientsOf(stage, c).sts.send(new GetCallerIdentityCommand({}))],
    ["S3", "SignatureDoesNotMatch", (c) => clientsOf(stage, c).s3.send(report)],
    [
      "DynamoDB",
      "InvalidSignatureException",
      (c) => clientsOf(stage, c).dynamo.send(new GetItemCommand(key("TASK#1"))),
    ],
    [
      "SQS",
      "SignatureDoesNotMatch",
      (c) =>
        new SQSClient(stage.config(c)).send(
          new SendMessageCommand({ QueueUrl: `${stage.aws.endpoint}/${HUB}/q`, MessageBody: "x" }),
        ),
    ],
    [
      "Secrets Manager",
      "InvalidSignatureException",
      (c) => new SecretsManagerClient(stage.config(c)).send(new GetSecretValueCommand({ SecretId: "x" })),
    ],
    [
      "EventBridge",
      "InvalidSignatureException",
      (c) =>
        new EventBridgeClient(stage.config(c)).send(
          new PutEventsCommand({ Entries: [{ Source: "s", DetailType: "d", Detail: "{}" }] }),
        ),
    ],
  ];

  it.each(attempts)("%s refuses a wrong secret with %s", async (_service, code, attempt) => {
    const keys = await stage.vend();
    await expect(attempt({ ...keys, secretAccessKey: "x".repeat(40) })).rejects.toEqual(named(code));
    expect(stage.calls.map((call) => call.action)).not.toContain("s3:GetObject");
  });

  it("refuses keys with the session token of another session", async () => {
    const [keys, others] = [await stage.vend(), await stage.vend()];
    const { sts } = clientsOf(stage, { ...keys, sessionToken: others.sessionToken });
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toEqual(named("InvalidClientTokenId"));
  });

  it("refuses keys that it never issued", async () => {
    const keys = { ...(await stage.vend()), accessKeyId: "ASIAAAAAAAAAAAAAAAAA" };
    await expect(clientsOf(stage, keys).s3.send(report)).rejects.toEqual(named("InvalidAccessKeyId"));
  });

  it("refuses a body that was changed after signing", async () => {
    const { s3, dynamo } = clientsOf(stage, await stage.vend());
    tamper(s3);
    tamper(dynamo);
    await expect(s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "t", Body: "original" }))).rejects.toEqual(
      named("XAmzContentSHA256Mismatch"),
    );
    await expect(dynamo.send(new PutItemCommand(item("TASK#original")))).rejects.toEqual(
      named("InvalidSignatureException"),
    );
    expect(stage.aws.admin(TARGET).getObject(BUCKET, "t")).toBeUndefined();
  });

  it("refuses an expired session as expired", async () => {
    const { sts, s3 } = clientsOf(stage, await stage.vend());
    stage.advance(901);
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toEqual(named("ExpiredToken"));
    await expect(s3.send(report)).rejects.toEqual(named("ExpiredToken"));
  });

  it("tells a caller who it is whatever its policies say", async () => {
    const keys = await stage.vend(sessionPolicy({ Effect: "Deny", Action: "*", Resource: "*" }));
    const identity = await clientsOf(stage, keys).sts.send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({
      Account: TARGET,
      Arn: `arn:aws:sts::${TARGET}:assumed-role/task/k7f3m2q9x4ab.`,
      UserId: expect.stringMatching(/^AROA\w{17}:k7f3m2q9x4ab\.$/),
    });
  });
});

describe("a session can do what all of its policies allow", () => {
  it("a session policy restricts the role", async () => {
    const { s3 } = clientsOf(stage, await stage.vend(sessionPolicy(onlyReports)));
    await expect(s3.send(report)).resolves.toBeDefined();
    await expect(s3.send(pii)).rejects.toMatchObject({
      name: "AccessDenied",
      message: expect.stringContaining("because no session policy allows the s3:GetObject action"),
    });
  });

  it("without a session policy the role's own policies decide", async () => {
    await expect(clientsOf(stage, await stage.vend()).s3.send(pii)).resolves.toBeDefined();
  });

  it("a boundary caps what the role's policies allow", async () => {
    const { s3 } = clientsOf(stage, await stage.vend({ RoleArn: BOUNDED_ROLE }));
    await expect(s3.send(pii)).resolves.toBeDefined();
    await expect(s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "x", Body: "x" }))).rejects.toMatchObject({
      name: "AccessDenied",
      message: expect.stringContaining("because no permissions boundary allows"),
    });
  });

  it("a fence in the session policy ends the session at its second", async () => {
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

  it("an inline Deny on aws:userid kills a live session and its children, and no other", async () => {
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

  it("a Deny on aws:TokenIssueTime kills what was issued before it", async () => {
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

  it("a condition that cannot be answered denies, instead of looking absent", async () => {
    const encrypted = deny("s3:PutObject", { StringEquals: { "s3:x-amz-server-side-encryption": "AES256" } });
    const { s3, sts } = clientsOf(stage, await stage.vend(sessionPolicy(allow("s3:*"), encrypted)));
    await expect(s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "x", Body: "x" }))).rejects.toMatchObject({
      name: "AccessDenied",
      message: expect.stringContaining("asks for s3:x-amz-server-side-encryption, which the embedded AWS cannot tell"),
    });
    await expect(sts.send(new GetCallerIdentityCommand({}))).resolves.toBeDefined();
  });

  it("tells onApiCall of every decision with its reason", async () => {
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

describe("a role's trust policy decides who may become it", () => {
  it.each([
    ["the tags are missing", { Tags: [], TransitiveTagKeys: [] }],
    ["the source identity is missing", { SourceIdentity: undefined }],
    ["there is no such role", { RoleArn: `arn:aws:iam::${TARGET}:role/nobody` }],
    ["the role trusts somebody else", { RoleArn: REVOKER_ROLE }],
  ])("refuses when %s", async (_why, change) => {
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

  it("refuses a principal that is trusted, but not allowed at home", async () => {
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

describe("DynamoDB's leading keys are enforced on every kind of call", () => {
  const own = "TASK#1";
  const foreign = "AGENT#1";
  const write = (pk: string): object => ({ Put: item(pk) });
  const kinds: [kind: string, call: (pk: string) => object][] = [
    ["PutItem", (pk) => new PutItemCommand(item(pk))],
    ["GetItem", (pk) => new GetItemCommand(key(pk))],
    ["Query", (pk) => new QueryCommand(query(pk))],
    [
      "TransactWriteItems",
      (pk) =>
        new TransactWriteItemsCommand({ TransactItems: [write(own), write(pk)].slice(pk === own ? 1 : 0) as never }),
    ],
    [
      "TransactGetItems",
      (pk) => new TransactGetItemsCommand({ TransactItems: [{ Get: key("TASK#2") }, { Get: key(pk) }] }),
    ],
    [
      "BatchGetItem",
      (pk) => new BatchGetItemCommand({ RequestItems: { [TABLE]: { Keys: [key("TASK#2").Key, key(pk).Key] } } }),
    ],
    [
      "BatchWriteItem",
      (pk) =>
        new BatchWriteItemCommand({
          RequestItems: { [TABLE]: [item("TASK#2"), item(pk)].map(({ Item }) => ({ PutRequest: { Item } })) },
        }),
    ],
    [
      "a ConditionCheck",
      (pk) =>
        new TransactWriteItemsCommand({
          TransactItems: [
            { Put: item("TASK#3") },
            { ConditionCheck: { ...key(pk), ConditionExpression: "attribute_exists(pk)" } },
          ],
        }),
    ],
  ];

  it.each(kinds)("%s", async (_kind, call) => {
    const { dynamo } = clientsOf(stage, stage.aws.keysFor(VENDOR_ROLE, "vend-1"));
    const send = (command: object): Promise<unknown> => dynamo.send(command as PutItemCommand);
    await dynamo.send(new PutItemCommand(item(own)));
    await expect(send(call(own))).resolves.toBeDefined();
    await expect(send(call(foreign))).rejects.toEqual(named("AccessDeniedException"));
  });
});

describe("DynamoDB's own answers reach the SDK", () => {
  it("a cancelled transaction says which condition failed", async () => {
    const { dynamo } = clientsOf(stage, stage.aws.keysFor(VENDOR_ROLE, "vend-1"));
    await dynamo.send(new PutItemCommand(item("TASK#taken")));
    const attempt = dynamo.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: item("TASK#free") },
          { Put: { ...item("TASK#taken"), ConditionExpression: "attribute_not_exists(pk)" } },
        ],
      }),
    );
    await expect(attempt).rejects.toMatchObject({
      name: "TransactionCanceledException",
      CancellationReasons: [{ Code: "None" }, { Code: "ConditionalCheckFailed" }],
    });
  });

  it("a successful write is told to onTableChange in order, a failed one is not", async () => {
    const { dynamo } = clientsOf(stage, stage.aws.keysFor(VENDOR_ROLE, "vend-1"));
    await dynamo.send(new PutItemCommand(item("TASK#order")));
    const onlyNew = { ...item("TASK#order"), ConditionExpression: "attribute_not_exists(pk)" };
    await dynamo.send(new PutItemCommand(onlyNew)).catch(() => undefined);
    await dynamo.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          {
            Update: {
              ...key("TASK#order"),
              UpdateExpression: "SET n = :n",
              ExpressionAttributeValues: { ":n": { N: "1" } },
            },
          },
          { ConditionCheck: { ...key("TASK#none"), ConditionExpression: "attribute_not_exists(pk)" } },
          { Delete: key("TASK#gone") },
        ],
      }),
    );
    await stage.aws.changesDelivered();
    expect(stage.changes).toEqual([
      { account: HUB, table: TABLE, operation: "Put", keys: key("TASK#order").Key, item: item("TASK#order").Item },
      { account: HUB, table: TABLE, operation: "Update", keys: key("TASK#order").Key },
      { account: HUB, table: TABLE, operation: "Delete", keys: key("TASK#gone").Key },
    ]);
  });
});

const run = promisify(execFile);
const hasCli = await run("aws", ["--version"]).then(
  () => true,
  () => false,
);

describe.skipIf(!hasCli)("the aws command works unchanged", () => {
  it("says who it is, copies both ways within its session policy, and no further", async () => {
    const real = await setStage();
    const folder = await mkdtemp(join(tmpdir(), "embedded-aws-"));
    const { accessKeyId, secretAccessKey, sessionToken } = await real.vend(
      sessionPolicy(allow(["s3:GetObject", "s3:PutObject"], `arn:aws:s3:::${BUCKET}/reports/*`)),
    );
    const env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      AWS_ENDPOINT_URL: real.aws.endpoint,
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      AWS_CONFIG_FILE: join(folder, "none"),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, "none"),
    };
    const aws = (...args: string[]): Promise<{ stdout: string }> => run("aws", args, { env, cwd: folder });
    try {
      const identity = JSON.parse((await aws("sts", "get-caller-identity", "--output", "json")).stdout) as object;
      expect(identity).toMatchObject({ Account: TARGET });
      await writeFile(join(folder, "up.txt"), "from the command line");
      await aws("s3", "cp", "up.txt", `s3://${BUCKET}/reports/up.txt`);
      await aws("s3", "cp", `s3://${BUCKET}/reports/up.txt`, "down.txt");
      expect(await readFile(join(folder, "down.txt"), "utf8")).toBe("from the command line");
      await expect(aws("s3", "cp", `s3://${BUCKET}/pii/b.txt`, "b.txt")).rejects.toThrow(/403|AccessDenied/);
    } finally {
      await rm(folder, { recursive: true });
      await real.close();
    }
  }, 30_000);
});

/** Changes the body between signing and sending. */
function tamper(client: { middlewareStack: { add: unknown } }): void {
  type Next = (args: { request: { body: unknown } }) => unknown;
  const add = (client.middlewareStack.add as (middleware: (next: Next) => Next, options: object) => void).bind(
    client.middlewareStack,
  );
  add(
    (next) => (args) => {
      const { body } = args.request;
      const text = body instanceof Uint8Array ? Buffer.from(body).toString() : String(body);
      args.request.body = text.replace("original", "tampered");
      return next(args);
    },
    { step: "deserialize", priority: "low" },
  );
}

function key(pk: string): { TableName: string; Key: Record<string, { S: string }> } {
  return { TableName: TABLE, Key: { pk: { S: pk }, sk: { S: "1" } } };
}

function item(pk: string): { TableName: string; Item: Record<string, { S: string }> } {
  return { TableName: TABLE, Item: key(pk).Key };
}

function query(pk: string): ConstructorParameters<typeof QueryCommand>[0] {
  return {
    TableName: TABLE,
    KeyConditionExpression: "#p = :p and begins_with(sk, :s)",
    ExpressionAttributeNames: { "#p": "pk" },
    ExpressionAttributeValues: { ":p": { S: pk }, ":s": { S: "1" } },
  };
}
