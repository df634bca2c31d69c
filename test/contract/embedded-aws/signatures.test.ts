import { GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { describe, expect, it } from "vitest";
import type { Credentials } from "../../../local/emulator/sessions.ts";
import { BUCKET, clientsOf, HUB, TARGET } from "../../unit/emulator/stage.ts";
import { item, key, named, sessionPolicy, shareStage, stage } from "./shared-stage.ts";

shareStage();

const report = new GetObjectCommand({ Bucket: BUCKET, Key: "reports/a.txt" });

describe("a signature, which proves the caller", () => {
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

  it("reveals a caller's own identity to the caller, whatever its policies deny", async () => {
    const keys = await stage.vend(sessionPolicy({ Effect: "Deny", Action: "*", Resource: "*" }));
    const identity = await clientsOf(stage, keys).sts.send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({
      Account: TARGET,
      Arn: `arn:aws:sts::${TARGET}:assumed-role/task/k7f3m2q9x4ab.`,
      UserId: expect.stringMatching(/^AROA\w{17}:k7f3m2q9x4ab\.$/),
    });
  });
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
