import { createHash } from "node:crypto";
import { request as send } from "node:http";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { describe, expect, it } from "vitest";
import type { Signing } from "../../../../client/sign/open-signing.ts";
import type { Credential } from "../../../../client/task/held-task.ts";
import { SIGNED, scene } from "./port-scene.ts";

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly service?: "s3" | "dynamodb" | "sqs";
  /** Name of the session by whose keys of the run the request is signed. */
  readonly session?: "aws-0" | "aws-1";
  readonly secret?: string;
  /** Changes the signed headers before they are sent. */
  readonly change?: (headers: Record<string, string>) => Record<string, string>;
}

/** Sends a request as an SDK does: signed by the keys that the credential endpoint has for the command. */
async function sending(
  { variables, sources }: Signing,
  { service = "s3", session = "aws-0", method = "GET", path = "/b/k", ...more }: Sent = {},
) {
  const { headers = {}, query = {}, body, secret, change = (each) => each } = more;
  const url = new URL(variables[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ?? variables.AWS_ENDPOINT_URL ?? "");
  const current = await sources.get(session)?.current();
  if (!current || !("credential" in current)) throw new Error("there are no keys of the run");
  const { AccessKeyId, SecretAccessKey, Token } = current.credential as Credential;
  const signer = new SignatureV4({
    service,
    region: "eu-central-1",
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: secret ?? SecretAccessKey, sessionToken: Token },
    sha256: Sha256,
    uriEscapePath: service !== "s3",
    applyChecksum: service === "s3",
  });
  const signed = await signer.sign({
    ...{ method, protocol: "http:", hostname: url.hostname, port: Number(url.port), path, query },
    headers: { host: url.host, ...headers },
    body,
  });
  const text = new URLSearchParams(query).toString();
  return new Promise<{ status: number; body: string; headers: object }>((resolve, reject) => {
    const outgoing = send(
      {
        host: url.hostname,
        port: url.port,
        method,
        path: text === "" ? path : `${path}?${text}`,
        headers: change(signed.headers),
      },
      (answer) => {
        let all = "";
        answer.setEncoding("utf8").on("data", (chunk) => {
          all += chunk;
        });
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: all, headers: answer.headers }));
      },
    );
    outgoing.on("error", reject).end(body);
  });
}

describe("a port of a command whose requests the hub signs", () => {
  it("has the hub sign what the SDK sends, and sends exactly that", async () => {
    const { aws, hub, signing } = await scene();
    const answer = await sending(signing, { path: "/bucket/a%20key//b", headers: { "x-amz-meta-of": "mine" } });
    expect(answer).toMatchObject({ status: 200, headers: { "x-amz-request-id": "one" } });
    const asked = JSON.parse(hub.got[0]?.body ?? "{}");
    expect(asked).toMatchObject({
      ...{
        lease: "aws-0",
        method: "GET",
        host: "s3.eu-central-1.amazonaws.com",
        path: "/bucket/a%20key//b",
        query: "",
      },
      headers: expect.arrayContaining([["x-amz-meta-of", "mine"]]),
    });
    expect(hub.got[0]?.headers.authorization).toBe("Bearer vk_token");
    expect(JSON.stringify(asked)).not.toMatch(/authorization|x-amz-date|security-token/i);
    expect(aws.got[0]).toMatchObject({
      ...{ method: "GET", url: "/bucket/a%20key//b" },
      headers: {
        host: "s3.eu-central-1.amazonaws.com",
        "x-amz-meta-of": "mine",
        authorization: "AWS4-HMAC-SHA256 Credential=the-hub",
      },
    });
  });

  it("hashes a body that the SDK does not hash, and passes the body on", async () => {
    const { aws, hub, signing } = await scene();
    const body = JSON.stringify({ TableName: "jobs" });
    const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": "DynamoDB_20120810.Scan" };
    expect(await sending(signing, { service: "dynamodb", method: "POST", path: "/", headers, body })).toMatchObject({
      status: 200,
    });
    expect(JSON.parse(hub.got[0]?.body ?? "{}").payload_hash).toBe(createHash("sha256").update(body).digest("hex"));
    expect(aws.got[0]?.body).toBe(body);
  });

  it.each<[string, Sent]>([
    ["signed by another key", { secret: "another" }],
    [
      "whose signed header was changed",
      { headers: { "x-amz-meta-of": "mine" }, change: (all) => ({ ...all, "x-amz-meta-of": "other" }) },
    ],
    ["without a signature", { change: ({ authorization: _, ...all }) => all }],
    ["under another name", { change: (all) => ({ ...all, host: "attacker.test" }) }],
  ])("refuses a request %s, and asks the hub nothing", async (_, sent) => {
    const { aws, hub, signing } = await scene();
    expect(await sending(signing, sent)).toMatchObject({ status: 403 });
    expect([hub.got, aws.got]).toEqual([[], []]);
  });

  it("has a request signed by the session whose keys signed it", async () => {
    const { hub, signing } = await scene();
    expect(await sending(signing, { session: "aws-1" })).toMatchObject({ status: 200 });
    expect(JSON.parse(hub.got[0]?.body ?? "{}")).toMatchObject({ lease: "aws-1" });
  });

  it.each<[string, Sent, string]>([
    [
      "no session has",
      { service: "sqs" },
      "The task was not granted sqs in account 111122223333: it has s3, dynamodb.",
    ],
    [
      "the session's account has not",
      { service: "dynamodb", session: "aws-1" },
      "The task was not granted dynamodb in account 222233334444: it has s3.",
    ],
  ])("names the services of the task where a request is for one that %s", async (_, sent, sentence) => {
    const { aws, hub, signing } = await scene();
    const { status, body } = await sending(signing, { ...sent, method: "POST", path: "/", body: "{}" });
    expect([status, JSON.parse(body)]).toEqual([403, { __type: "ServiceNotGranted", message: sentence }]);
    expect([hub.got, aws.got]).toEqual([[], []]);
  });

  it.each([
    ["a character that clients send as it is", "/v1/functions/one:two"],
    ["an encoded one", "/v1/functions/arn%3Aaws%3Alambda"],
    ["two slashes", "/v1//functions"],
  ])("verifies a path with %s as the SDK has signed it", async (_, path) => {
    const { hub, signing } = await scene();
    expect(await sending(signing, { service: "dynamodb", path })).toMatchObject({ status: 200 });
    expect(JSON.parse(hub.got[0]?.body ?? "{}")).toMatchObject({ path });
  });

  it("renews the session once where the hub asks for it, and then signs", async () => {
    let isRenewed = false;
    const { hub, signing } = await scene(({ method }) => {
      if (method === "GET") {
        isRenewed = true;
        return {
          status: 200,
          body: JSON.stringify({ deliver: "sign", Expiration: new Date(Date.now() + 120_000).toISOString() }),
        };
      }
      return isRenewed ? SIGNED : { status: 409, body: JSON.stringify({ code: "renew_needed" }) };
    });
    const all = await Promise.all([sending(signing), sending(signing)]);
    expect(all.map(({ status }) => status)).toEqual([200, 200]);
    expect(hub.got.filter(({ method }) => method === "GET")).toHaveLength(1);
  });

  it.each([
    ["a spent budget", 429, "budget_spent", 403],
    ["a forbidden call", 403, "call_refused", 403],
    ["a pace", 429, "too_many_requests", 503],
    ["an outage", 503, "store_unavailable", 503],
  ])("answers so that SDKs repeat what a retry may help, and nothing else: %s", async (_, status, code, answered) => {
    const { aws, signing } = await scene(() => ({ status, body: JSON.stringify({ code }) }));
    expect(await sending(signing)).toMatchObject({ status: answered });
    expect(aws.got).toEqual([]);
  });

  it("answers a refusal in the form of the service's errors, with the hub's sentence", async () => {
    const { aws, signing } = await scene(() => ({
      status: 403,
      body: JSON.stringify({ code: "task_ended", error_description: "The task has ended & is over." }),
    }));
    expect(await sending(signing)).toMatchObject({
      status: 403,
      body: "<Error><Code>task_ended</Code><Message>The task has ended &amp; is over.</Message></Error>",
    });
    const json = await sending(signing, { service: "dynamodb", method: "POST", path: "/", body: "{}" });
    expect(JSON.parse(json.body)).toMatchObject({ __type: "task_ended" });
    expect(aws.got).toEqual([]);
  });
});
