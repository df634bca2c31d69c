import { createHash, createHmac } from "node:crypto";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { describe, expect, it } from "vitest";
import { Roles } from "../../../local/emulator/roles.ts";
import { type Session, Sessions } from "../../../local/emulator/sessions.ts";
import { parseSignature } from "../../../local/emulator/signature.ts";
import { verifySignature } from "../../../local/emulator/verify-signature.ts";
import type { WireRequest } from "../../../local/emulator/wire-request.ts";

const NOW = Date.parse("2026-11-24T12:00:00Z");
const MINUTE_MS = 60_000;

const role = new Roles().create("111122223333", { name: "task", trust: {} }, NOW);
const session: Session = new Sessions().issue(
  { role, name: "s1", issuedAt: NOW, expiresAt: NOW + 3_600_000, tags: new Map(), transitiveTagKeys: new Set() },
  NOW,
);

interface Unsigned {
  readonly service?: string;
  readonly method?: string;
  readonly path?: string;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly signedAt?: number;
}

const shape = (unsigned: Unsigned) => ({
  method: unsigned.method ?? "POST",
  protocol: "http:",
  hostname: "127.0.0.1",
  path: unsigned.path ?? "/",
  query: unsigned.query ?? {},
  headers: { host: "127.0.0.1", ...unsigned.headers },
  body: unsigned.body ?? "",
});

const signer = (service: string): SignatureV4 =>
  new SignatureV4({
    service,
    region: "us-east-1",
    credentials: session.credentials,
    sha256: Sha256,
    uriEscapePath: service !== "s3",
  });

/** The request of an independent signer. */
async function signed(unsigned: Unsigned): Promise<WireRequest> {
  const request = await signer(unsigned.service ?? "dynamodb").sign(shape(unsigned), {
    signingDate: new Date(unsigned.signedAt ?? NOW),
  });
  return wire(request, unsigned);
}

async function presigned(unsigned: Unsigned, expiresIn: number): Promise<WireRequest> {
  const request = await signer("s3").presign(
    { ...shape(unsigned), headers: { host: "127.0.0.1", "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } },
    { signingDate: new Date(NOW), expiresIn },
  );
  return wire(request, unsigned);
}

/** Signed by the letter of the specification, for what no signer would sign. */
function handSigned({ amzDate = "20261124T120000Z", seconds = "60" }): WireRequest {
  const { accessKeyId, secretAccessKey, sessionToken } = session.credentials;
  const scope = "20261124/us-east-1/s3/aws4_request";
  const query = Object.entries({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${accessKeyId}/${scope}`,
    "X-Amz-Date": amzDate,
    "X-Amz-Expires": seconds,
    "X-Amz-Security-Token": sessionToken,
    "X-Amz-SignedHeaders": "host",
  }).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const canonical = ["GET", "/b/k", query.join("&"), "host:127.0.0.1\n", "host", "UNSIGNED-PAYLOAD"].join("\n");
  const hash = createHash("sha256").update(canonical).digest("hex");
  const hmac = (key: string | Buffer, data: string): Buffer => createHmac("sha256", key).update(data).digest();
  const key = scope.split("/").reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", amzDate, scope, hash].join("\n")).toString("hex");
  return {
    method: "GET",
    rawPath: "/b/k",
    rawQuery: [...query, `X-Amz-Signature=${signature}`].join("&"),
    headers: { host: "127.0.0.1" },
    body: Buffer.from(""),
    remoteAddress: "127.0.0.1",
  };
}

type Signed = Awaited<ReturnType<SignatureV4["presign"]>>;

function wire(request: Signed, unsigned: Unsigned): WireRequest {
  const query = Object.entries(request.query ?? {}).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
  );
  return {
    method: request.method,
    rawPath: request.path,
    rawQuery: query.join("&"),
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(unsigned.body ?? ""),
    remoteAddress: "127.0.0.1",
  };
}

const verify = (request: WireRequest, now = NOW, as = session): string =>
  verifySignature(request, parseSignature(request), as, now).toString();

describe("a request signed by an independent signer verifies", () => {
  it.each<[string, Unsigned]>([
    ["a plain call", { body: "{}" }],
    ["a path that is encoded twice", { service: "sqs", path: "/111122223333/my%20queue" }],
    ["an S3 key with odd characters", { service: "s3", method: "PUT", path: "/b/a%20b/%C3%B1%2B%28x%29~", body: "x" }],
    [
      "a query that needs sorting",
      { service: "s3", method: "GET", path: "/b", query: { prefix: "a b/+", "list-type": "2" } },
    ],
    ["headers with runs of spaces", { headers: { "x-amz-meta-note": "  two   spaces " } }],
  ])("%s", async (_what, unsigned) => {
    expect(verify(await signed(unsigned))).toBe(unsigned.body ?? "");
  });
});

describe("every change after signing is refused", () => {
  const original: Unsigned = { service: "s3", method: "PUT", path: "/b/k", query: { a: "1" }, body: "body" };

  it.each<[string, (request: WireRequest) => Partial<WireRequest>]>([
    ["the method", () => ({ method: "DELETE" })],
    ["the path", () => ({ rawPath: "/b/other" })],
    ["the query", () => ({ rawQuery: "a=2" })],
    ["a further parameter", ({ rawQuery }) => ({ rawQuery: `${rawQuery}&b=1` })],
    ["the host", ({ headers }) => ({ headers: { ...headers, host: "elsewhere" } })],
    ["the body", () => ({ body: Buffer.from("other") })],
    [
      "the stated body hash",
      ({ headers }) => ({ headers: { ...headers, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } }),
    ],
    ["a header that was not signed", ({ headers }) => ({ headers: { ...headers, "x-amz-copy-source": "/b/secret" } })],
    ["the token", ({ headers }) => ({ headers: { ...headers, "x-amz-security-token": "other" } })],
    ["the date", ({ headers }) => ({ headers: { ...headers, "x-amz-date": "20261124T120001Z" } })],
    ["the date, to nonsense", ({ headers }) => ({ headers: { ...headers, "x-amz-date": "2026" } })],
  ])("%s", async (_what, change) => {
    const request = await signed(original);
    expect(verify(request)).toBe("body");
    expect(() => verify({ ...request, ...change(request) })).toThrow();
  });

  it("a token that is properly signed, but is not the session's, is refused", async () => {
    const other = { ...session, credentials: { ...session.credentials, sessionToken: "other" } };
    const request = await signed(original);
    expect(() => verify(request, NOW, other)).toThrow("security token");
  });

  it("a signature without the host under it is refused", async () => {
    const request = await signed(original);
    const authorization = request.headers.authorization?.replace("host;", "") ?? "";
    expect(() => verify({ ...request, headers: { ...request.headers, authorization } })).toThrow("not signed: host");
  });

  it("an unsigned payload is for S3 only", async () => {
    const headers = { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
    expect(verify(await signed({ ...original, headers }))).toBe("body");
    const toDynamo = await signed({ body: "{}", headers });
    expect(() => verify(toDynamo)).toThrow("x-amz-content-sha256");
  });
});

describe("time", () => {
  it.each([
    ["dynamodb", 4.9, -4.9],
    ["s3", 14.9, -14.9],
  ])("%s takes a signature within its skew, and not beyond", async (service, late, early) => {
    const request = await signed({ service });
    for (const minutes of [late, early]) expect(verify(request, NOW + minutes * MINUTE_MS)).toBe("");
    for (const minutes of [late + 0.2, early - 0.2])
      expect(() => verify(request, NOW + minutes * MINUTE_MS)).toThrow("too far from the server's");
  });

  it("an expired session is refused at its very end", async () => {
    const ends = { ...session, expiresAt: NOW + 1000 };
    const request = await signed({});
    expect(verify(request, NOW + 999, ends)).toBe("");
    expect(() => verify(request, NOW + 1000, ends)).toThrow("expired");
  });

  it("a presigned URL works until it expires, and for seven days at most", async () => {
    const request = await presigned({ method: "GET", path: "/b/k" }, 60);
    expect(verify(request, NOW + 60_000)).toBe("");
    expect(() => verify(request, NOW + 61_000)).toThrow("Request has expired");
    expect(() => verify(request, NOW - 16 * MINUTE_MS)).toThrow("too far from the server's");
  });

  it("a presigned URL lives for one second to seven days", () => {
    expect(verify(handSigned({ seconds: "604800" }))).toBe("");
    for (const seconds of ["604801", "0", "soon"])
      expect(() => verify(handSigned({ seconds }))).toThrow("does not match");
  });

  it("a signed time that is no time, or on another day than the scope, is refused", () => {
    expect(verify(handSigned({}))).toBe("");
    for (const amzDate of ["20261124", "20261125T000000Z"])
      expect(() => verify(handSigned({ amzDate }))).toThrow("does not match");
  });
});

it.each([
  ["no signature at all", {}],
  ["another scheme", { authorization: "Bearer abc" }],
  ["a scope that is not AWS's", { authorization: "AWS4-HMAC-SHA256 Credential=ASIA/20261124/us-east-1/s3/other" }],
])("%s is refused as missing", (_what, headers) => {
  const request = { method: "GET", rawPath: "/", rawQuery: "", headers, body: Buffer.from(""), remoteAddress: "" };
  expect(() => parseSignature(request)).toThrow("missing Authentication Token");
});
