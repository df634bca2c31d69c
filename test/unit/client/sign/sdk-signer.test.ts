import { createHash } from "node:crypto";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { sdkSigner } from "../../../../client/sign/sdk-signer.ts";
import type { Signature, SignatureRequest } from "../../../../client/sign/signatures.ts";

interface Sent {
  readonly hostname: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

const SIGNED: Signature = {
  headers: [
    ["x-amz-date", "20261205T120000Z"],
    ["authorization", "AWS4-HMAC-SHA256 Credential=the-hub"],
  ],
};

/** A client's configuration with a fake hub and a fake network, and what each of these gets. */
function scene(answer: Signature = SIGNED) {
  const [asked, sent]: [SignatureRequest[], Sent[]] = [[], []];
  const signer = sdkSigner(
    { account: "111122223333", region: "eu-west-1", endpoints: [] },
    {
      of: async (request) => {
        asked.push(request);
        return answer;
      },
    },
  );
  const requestHandler = {
    handle: async (request: Sent) => {
      sent.push(request);
      return { response: { statusCode: 200, headers: {}, body: undefined } };
    },
  };
  const credentials = async () => ({ accessKeyId: "VALETKEYSIGNS", secretAccessKey: "no-key" });
  return {
    asked,
    sent,
    config: { region: "eu-west-1", maxAttempts: 1, credentials, signer, requestHandler } as object,
  };
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("the signer of a client of the AWS SDK", () => {
  it("has the hub sign for the host that the SDK has chosen, and sends the hub's headers in place of its own", async () => {
    const { asked, sent, config } = scene();
    await new S3Client(config).send(new PutObjectCommand({ Bucket: "acme-data", Key: "a b", Body: "text" }));
    expect(asked).toEqual([
      {
        ...{ method: "PUT", host: "acme-data.s3.eu-west-1.amazonaws.com", path: "/a%20b", query: "x-id=PutObject" },
        ...{ headers: expect.arrayContaining([["content-length", "4"]]), payload_hash: sha256("text") },
      },
    ]);
    const [{ hostname, headers } = { hostname: "", headers: {} }] = sent;
    expect(hostname).toBe("acme-data.s3.eu-west-1.amazonaws.com");
    expect(headers).toMatchObject({ host: hostname, ...Object.fromEntries("headers" in SIGNED ? SIGNED.headers : []) });
    expect(JSON.stringify([asked, sent])).not.toMatch(/VALETKEYSIGNS|no-key/);
  });

  it("hashes the body of a service whose SDK does not", async () => {
    const { asked, config } = scene();
    const item = { TableName: "jobs", Item: { id: { S: "1" } } };
    await new DynamoDBClient(config).send(new PutItemCommand(item)).catch(() => undefined);
    expect(asked[0]).toMatchObject({
      host: "dynamodb.eu-west-1.amazonaws.com",
      payload_hash: sha256(JSON.stringify(item)),
    });
  });

  it.each([
    [403, "refused"],
    [503, "unavailable"],
  ])("sends nothing where the hub gives no signature: %s", async (status, reason) => {
    const { sent, config } = scene({ status, code: "task_ended", sentence: "The task has ended." });
    const read = new S3Client(config).send(new PutObjectCommand({ Bucket: "acme-data", Key: "k", Body: "text" }));
    await expect(read).rejects.toMatchObject({ reason, event: "task_ended", message: "The task has ended." });
    expect(sent).toEqual([]);
  });
});
