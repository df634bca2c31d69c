import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { describe, expect, it } from "vitest";
import type { Signing } from "../../../../client/sign/open-signing.ts";
import type { Credential } from "../../../../client/task/held-task.ts";
import { scene } from "./port-scene.ts";

interface Made {
  readonly method?: string;
  readonly service?: "s3" | "dynamodb";
  readonly session?: "aws-0" | "aws-1";
  readonly secret?: string;
  readonly seconds?: number;
  readonly ageSeconds?: number;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
}

/** Makes a presigned URL as an SDK does, by the keys that the credential endpoint has for the command. */
async function presigned({ variables, sources }: Signing, made: Made = {}): Promise<string> {
  const { method = "GET", service = "s3", session = "aws-0", seconds = 3_600, ageSeconds = 0 } = made;
  const url = new URL(variables[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ?? "");
  const current = await sources.get(session)?.current();
  if (!current || !("credential" in current)) throw new Error("there are no keys of the run");
  const { AccessKeyId, SecretAccessKey, Token } = current.credential as Credential;
  const signer = new SignatureV4({
    ...{ service, region: "eu-central-1", sha256: Sha256, uriEscapePath: service !== "s3", applyChecksum: false },
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: made.secret ?? SecretAccessKey, sessionToken: Token },
  });
  const { query = {}, path } = await signer.presign(
    {
      ...{ method, protocol: "http:", hostname: url.hostname, port: Number(url.port), path: "/b/a%20key" },
      ...{
        query: made.query ?? {},
        headers: { host: url.host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD", ...made.headers },
      },
    },
    { expiresIn: seconds, signingDate: new Date(Date.now() - ageSeconds * 1_000) },
  );
  const text = Object.entries(query).map(([name, value]) => `${escaped(name)}=${escaped(String(value))}`);
  return `${url.origin}${path}?${text.join("&")}`;
}

const escaped = (text: string) =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);

describe("I13: a presigned URL that a command makes by its keys of the run", () => {
  it("is a request of S3 that the hub signs, without any part of the URL's own signature", async () => {
    const { aws, hub, signing } = await scene();
    const url = await presigned(signing, { query: { versionId: "a/b" }, headers: { "x-amz-acl": "private" } });
    const answer = await fetch(url);
    expect([answer.status, await answer.text()]).toEqual([200, "{}"]);
    const asked = JSON.parse(hub.got[0]?.body ?? "{}");
    expect(asked).toMatchObject({ lease: "aws-0", method: "GET", path: "/b/a%20key", query: "versionId=a%2Fb" });
    expect(asked.headers).toContainEqual(["x-amz-acl", "private"]);
    expect(JSON.stringify(asked)).not.toMatch(/x-amz-(?:signature|credential|security-token|date|expires)/i);
    expect(aws.got).toMatchObject([{ url: "/b/a%20key?versionId=a%2Fb", headers: { "x-amz-acl": "private" } }]);
  });

  it("puts an object, whose bytes the port hashes", async () => {
    const { aws, signing } = await scene();
    const answer = await fetch(await presigned(signing, { method: "PUT" }), { method: "PUT", body: "week,orders\n" });
    expect(answer.status).toBe(200);
    expect(aws.got).toMatchObject([{ method: "PUT", body: "week,orders\n" }]);
  });

  it("is signed by the session whose keys made it", async () => {
    const { hub, signing } = await scene();
    await fetch(await presigned(signing, { session: "aws-1" }));
    expect(JSON.parse(hub.got[0]?.body ?? "{}")).toMatchObject({ lease: "aws-1" });
  });

  it.each<[why: string, made: Made, method: string, change: (url: string) => string]>([
    ["made by another key", { secret: "another" }, "GET", (url) => url],
    ["for another object", {}, "GET", (url) => url.replace("/b/a%20key", "/payroll/a%20key")],
    ["for another method", {}, "PUT", (url) => url],
    ["for a method that is neither", { method: "DELETE" }, "DELETE", (url) => url],
    ["with a parameter that was not signed", {}, "GET", (url) => `${url}&acl`],
    ["with a header in the query that was not signed", {}, "GET", (url) => `${url}&x-amz-acl=public-read`],
    ["with one parameter twice", {}, "GET", (url) => `${url}&X-Amz-Expires=9`],
    ["of another service", { service: "dynamodb" }, "GET", (url) => url],
    ["that is a minute old", { ageSeconds: 62 }, "GET", (url) => url],
    ["that is older than its maker wants", { ageSeconds: 12, seconds: 10 }, "GET", (url) => url],
    ["of tomorrow", { ageSeconds: -86_400 }, "GET", (url) => url],
    ["without an end", {}, "GET", (url) => url.replace(/X-Amz-Expires=\d+/, "X-Amz-Expires=0")],
    ["with a broken escape", {}, "GET", (url) => `${url}&a=%zz`],
    ["of Signature Version 2", {}, "GET", (url) => `${url.split("?")[0]}?AWSAccessKeyId=A&Expires=9&Signature=b`],
  ])("is refused, and asks the hub nothing: %s", async (_, made, method, change) => {
    const { aws, hub, signing } = await scene();
    const answer = await fetch(change(await presigned(signing, made)), { method });
    expect(answer.status).toBe(403);
    expect([hub.got, aws.got]).toEqual([[], []]);
  });

  it("says for how long it works, and where", async () => {
    const { signing } = await scene();
    const old = await fetch(await presigned(signing, { ageSeconds: 100 }));
    expect(await old.text()).toContain("or more than 60 seconds ago");
    const other = await fetch(await presigned(signing, { method: "DELETE" }), { method: "DELETE" });
    expect(await other.text()).toContain("works here for GET and PUT of S3");
  });

  it("is refused by the hub as any other request, once its task has ended", async () => {
    const { aws, signing } = await scene(() => ({ status: 403, body: JSON.stringify({ code: "task_ended" }) }));
    expect((await fetch(await presigned(signing))).status).toBe(403);
    expect(aws.got).toEqual([]);
  });
});
