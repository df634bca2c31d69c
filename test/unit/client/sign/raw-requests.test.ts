import { createHash, createHmac } from "node:crypto";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import type { Signing } from "../../../../client/sign/open-signing.ts";
import type { Credential } from "../../../../client/task/held-task.ts";
import { faultOf, type RequestToSign } from "../../../../functions/core/signing/request.ts";
import { HEADERS, SIGNED, scene } from "./port-scene.ts";

/** Request of a program that has the keys of the run, and writes its bytes itself. */
interface Raw {
  readonly method?: string;
  /** Target as in the first line; the path and the query are signed as they are. */
  readonly target?: string;
  /** Lines of headers beside those of the signature, as they are sent. */
  readonly lines?: readonly string[];
  readonly body?: string;
  readonly region?: string;
  readonly service?: string;
}

/** The hub's own check of a request, before the fake hub signs. */
const checking = ({ body }: { body: string }) => {
  const { payload_hash: payloadHash, ...asked } = JSON.parse(body) as RequestToSign & { payload_hash: string };
  const fault = faultOf({ ...asked, payloadHash });
  return fault === undefined
    ? SIGNED
    : { status: 400, body: JSON.stringify({ code: "invalid_request", error_description: fault }) };
};

const HOST = "s3.eu-central-1.amazonaws.com";
const NOT_GRANTED = { status: 403, body: JSON.stringify({ code: "host_not_granted" }) };

/** Sends the bytes to a port, and returns all that comes back until the port closes, or a tenth of a second is silent. */
async function raw({ variables, sources }: Signing, parts: Raw): Promise<string> {
  const { method = "GET", target = "/b/k", lines = [], body, region = "eu-central-1", service = "s3" } = parts;
  const url = new URL(variables[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ?? "");
  const current = await sources.get("aws-0")?.current();
  if (!current || !("credential" in current)) throw new Error("there are no keys of the run");
  const { AccessKeyId, SecretAccessKey } = current.credential as Credential;
  const time = `${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "")}`;
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const [path = "", query = ""] = target.split("?");
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  const hash = sha256(body ?? "");
  const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
  const names = "host;x-amz-content-sha256;x-amz-date";
  const canonical = [
    ...[method, path, query, `host:${url.host}`, `x-amz-content-sha256:${hash}`, `x-amz-date:${time}`],
    ...["", names, hash],
  ].join("\n");
  const key = scope.split("/").reduce<string | Buffer>(hmac, `AWS4${SecretAccessKey}`);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n")).toString("hex");
  const head = [
    `${method} ${target} HTTP/1.1`,
    ...[`Host: ${url.host}`, `X-Amz-Date: ${time}`, `X-Amz-Content-Sha256: ${hash}`],
    `Authorization: AWS4-HMAC-SHA256 Credential=${AccessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    ...lines,
  ];
  return bytes(url, `${head.join("\r\n")}\r\n\r\n${body ?? ""}`);
}

const bytes = (url: URL, text: string): Promise<string> =>
  new Promise((resolve) => {
    let got = "";
    const socket = connect(Number(url.port), "127.0.0.1", () => socket.write(text, "latin1"));
    socket.on("data", (chunk) => {
      got += chunk.toString("latin1");
      socket.setTimeout(100);
    });
    socket.on("timeout", () => socket.destroy());
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(got));
  });

const status = (answer: string): string => /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? "closed";

describe("I13: bytes that a program with the keys of the run sends to its port", () => {
  it("are signed and passed on, where they are a plain request", async () => {
    const { aws, signing } = await scene(checking);
    expect(status(await raw(signing, {}))).toBe("200");
    expect(aws.got).toMatchObject([{ method: "GET", url: "/b/k", body: "" }]);
  });

  it.each<[attack: string, sent: Raw, answered: string]>([
    ["a header twice", { lines: ["Range: bytes=0-1", "range: bytes=2-3"] }, "403"],
    ["Content-Length and Transfer-Encoding", { lines: ["Content-Length: 3", "Transfer-Encoding: chunked"] }, "400"],
    ["two dates", { lines: ["X-Amz-Date: 20300101T000000Z"] }, "403"],
    ["two lengths", { lines: ["Content-Length: 3", "Content-Length: 4"] }, "400"],
    ["a transfer coding that is no last chunked", { lines: ["Transfer-Encoding: chunked, identity"] }, "400"],
    ["a folded header", { lines: ["X-Amz-Meta-A: a", " b"] }, "400"],
    ["a header with a bare line feed", { lines: ["X-Amz-Meta-A: a\nX-Amz-Acl: public-read"] }, "400"],
    ["a space before a header's colon", { lines: ["X-Amz-Acl : public-read"] }, "400"],
    ["dot segments", { target: "/b/../payroll/k" }, "403"],
    ["encoded dot segments", { target: "/b/%2e%2E/payroll/k" }, "403"],
    ["an absolute target", { target: "http://169.254.169.254/latest/meta-data" }, "403"],
    ["a target that is no path", { method: "OPTIONS", target: "*" }, "403"],
    ["a plus in a query", { target: "/b/k?a=b+c" }, "403"],
    ["a fragment", { target: "/b/k#x" }, "403"],
    ["query and header auth together", { target: "/b/k?X-Amz-Signature=00" }, "403"],
    ["auth in a query, encoded", { target: "/b/k?%58-Amz-Signature=00" }, "403"],
    ["auth of Signature Version 2", { target: "/b/k?AWSAccessKeyId=a&Signature=b" }, "403"],
    ["a method of another protocol", { method: "CONNECT", target: "sts.amazonaws.com:443" }, "closed"],
    ["a Region that is none", { region: "eu-central-1-attacker" }, "403"],
  ])("reach AWS in one reading or not at all: %s", async (attack, sent, answered) => {
    const { aws, signing } = await scene((got) =>
      /^(?:s3|dynamodb)\.eu-central-1\.amazonaws\.com$/.test(JSON.parse(got.body).host) ? checking(got) : NOT_GRANTED,
    );
    expect([attack, status(await raw(signing, sent))]).toEqual([attack, answered]);
    expect(aws.got).toEqual([]);
  });

  it.each<[attack: string, lines: readonly string[]]>([
    ["two hosts", ["Host: sts.amazonaws.com"]],
    ["two authorizations", ["Authorization: AWS4-HMAC-SHA256 Credential=AKIA/x"]],
    ["a connection that drops a header", ["Connection: x-amz-acl"]],
  ])("reach AWS with the hub's headers alone: %s", async (_, lines) => {
    const { aws, signing } = await scene(checking);
    const service = "dynamodb";
    expect(status(await raw(signing, { service, lines: [...lines, "X-Amz-Acl: private"] }))).toBe("200");
    const { headers } = aws.got[0] ?? {};
    const { authorization, "x-amz-date": date } = Object.fromEntries(HEADERS);
    const host = "dynamodb.eu-central-1.amazonaws.com";
    expect(headers).toMatchObject({ host, authorization, "x-amz-date": date, "x-amz-acl": "private" });
  });

  it("reach the port's own host alone, whatever their target looks like", async () => {
    const { aws, signing } = await scene(checking);
    expect(status(await raw(signing, { target: "//169.254.169.254/latest" }))).toBe("200");
    expect(aws.got).toMatchObject([{ url: "//169.254.169.254/latest", headers: { host: HOST } }]);
  });

  it("have their Expect answered by the port, and neither it nor an upgrade reaches AWS", async () => {
    const { aws, signing } = await scene(checking);
    const waits = { method: "PUT", body: "abc", lines: ["Content-Length: 3", "Expect: 100-continue"] };
    expect(await raw(signing, waits)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
    expect(status(await raw(signing, { lines: ["Connection: Upgrade", "Upgrade: h2c"] }))).toBe("200");
    expect(aws.got.map(({ body }) => body)).toEqual(["abc", ""]);
    for (const { headers } of aws.got) for (const name of ["expect", "upgrade"]) expect(headers[name]).toBeUndefined();
  });

  it("are refused where they speak HTTP/2", async () => {
    const { aws, hub, signing } = await scene(checking);
    const url = new URL(signing.variables.AWS_ENDPOINT_URL_S3 ?? "");
    expect(status(await bytes(url, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))).toBe("400");
    expect([hub.got, aws.got]).toEqual([[], []]);
  });

  it("are each asked of the hub, where a body hides a second request", async () => {
    const { aws, hub, signing } = await scene(checking);
    const hidden = "DELETE /b/k HTTP/1.1\r\nHost: s3.eu-central-1.amazonaws.com\r\n\r\n";
    const answer = await raw(signing, { method: "PUT", body: `abc${hidden}`, lines: ["Content-Length: 3"] });
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 403"]);
    expect(aws.got.map(({ method }) => method)).not.toContain("DELETE");
    expect(hub.got.map(({ body }) => JSON.parse(body).method)).not.toContain("DELETE");
  });
});
