import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { faultOf, type RequestToSign } from "../../../../functions/core/signing/request.ts";
import { canonicalRequest, signRequest } from "../../../../functions/core/signing/sign-request.ts";
import { authorizationOf, signingKey } from "../../../../functions/core/signing/signature.ts";
import { signable } from "./signable.ts";

/** Requests of AWS's own suite, with their canonical text and the header that AWS expects. */
interface Vector {
  readonly name: string;
  readonly request: string;
  readonly canonical: string;
  readonly authorization: string;
}

const FILE = fileURLToPath(new URL("aws-vectors.ndjson", import.meta.url));
const [, ...rows] = readFileSync(FILE, "utf8").trimEnd().split("\n");
const vectors = rows.map((row) => JSON.parse(row) as Vector);

/** Vectors whose request is refused: AWS would fold, join or decode a part of it, and another request would have its signature. */
const REFUSED = [
  "get-header-key-duplicate",
  "get-header-value-multiline",
  "get-header-value-order",
  "get-relative",
  "get-relative-relative",
  "get-slash",
  "get-slash-dot-slash",
  "get-slash-pointless-dot",
  "get-slashes",
  "get-space",
  "get-utf8",
  "get-vanilla-utf8-query",
];

function read({ request }: Vector): RequestToSign {
  const [head = "", body = ""] = request.split("\n\n");
  const [first = "", ...lines] = head.split("\n");
  const [, method = "", target = ""] = /^(\S+) (.*) HTTP\/1\.1$/.exec(first) ?? [];
  const [path = "", query = ""] = target.split("?");
  const headers = lines
    .filter((line) => line !== "")
    .map((line): [string, string] => {
      const at = line.indexOf(":");
      return at < 0 ? ["my-header1", `\n${line}`] : [line.slice(0, at), line.slice(at + 1)];
    });
  const payloadHash = createHash("sha256").update(body).digest("hex");
  return { method, host: "example.amazonaws.com", path, query, headers, payloadHash };
}

const isDate = ([name]: readonly [string, string]) => name.toLowerCase() === "x-amz-date";
const isToken = ([name]: readonly [string, string]) => name.toLowerCase() === "x-amz-security-token";

test.for(vectors)("AWS's own vector $name is signed as AWS signs it, or refused", (vector) => {
  const whole = read(vector);
  const given = whole.headers.filter((each) => isDate(each) || isToken(each));
  const request = { ...whole, headers: whole.headers.filter((each) => !given.includes(each)) };
  // One vector has its token only in what is expected.
  const [, token] = /^x-amz-security-token:(.*)$/m.exec(vector.canonical) ?? [];
  const own = token === undefined ? given : [...given, ["x-amz-security-token", token] as const];
  if (REFUSED.includes(vector.name)) {
    expect(faultOf(request)).toBeDefined();
    return;
  }
  expect(faultOf(request)).toBeUndefined();
  const { canonical, signedHeaders } = canonicalRequest(request, own, "service");
  expect(canonical).toBe(vector.canonical);
  const scope = { day: "20150830", region: "us-east-1", service: "service" };
  const key = signingKey("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", scope);
  const moment = "20150830T123600Z";
  const signed = authorizationOf({ canonical, signedHeaders, moment, scope, accessKeyId: "AKIDEXAMPLE", key });
  expect(signed).toBe(vector.authorization);
});

const BY = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "a secret", sessionToken: "a token" };
const AT = Date.UTC(2026, 11, 3, 14, 0, 0);
const S3 = { signsAs: "s3", region: "eu-central-1" };

test("a signature brings exactly the four headers, of which none has the secret", () => {
  const headers = signRequest(signable({}), BY, S3, AT);
  expect(headers.map(([name]) => name)).toEqual([
    "authorization",
    "x-amz-date",
    "x-amz-content-sha256",
    "x-amz-security-token",
  ]);
  expect(headers[1]).toEqual(["x-amz-date", "20261203T140000Z"]);
  expect(JSON.stringify(headers)).not.toContain(BY.secretAccessKey);
});

test("all that reaches AWS as it was sent is signed, and the name of an unsigned header only where a hop writes it", () => {
  const headers = [
    ["X-Amz-Copy-Source", "/bucket/key"],
    ["Range", "bytes=0-9"],
    ["Content-Length", "3"],
    ["User-Agent", "aws-cli"],
    ["Expect", "100-continue"],
    ["X-Amzn-Trace-Id", "Root=1"],
    ["Connection", "keep-alive"],
  ] as const;
  const [[, authorization = ""] = []] = signRequest(signable({ headers }), BY, S3, AT);
  expect(authorization).toContain(
    "SignedHeaders=content-length;host;range;x-amz-content-sha256;x-amz-copy-source;x-amz-date;x-amz-security-token,",
  );
});

test("the order and the case of headers change no signature", () => {
  const [one, other] = [
    [
      ["Range", "bytes=0-9"],
      ["x-amz-acl", "private"],
    ],
    [
      ["X-AMZ-ACL", "private"],
      ["range", "bytes=0-9"],
    ],
  ] as const;
  expect(signRequest(signable({ headers: other }), BY, S3, AT)).toEqual(
    signRequest(signable({ headers: one }), BY, S3, AT),
  );
});

test("S3 signs a path as it is sent; every other service encodes it once more", () => {
  const lineOf = (signsAs: string) =>
    canonicalRequest(signable({ path: "/a%2Fb//c(1)" }), [], signsAs).canonical.split("\n")[1];
  expect(lineOf("s3")).toBe("/a%2Fb//c(1)");
  expect(lineOf("lambda")).toBe("/a%252Fb//c%281%29");
});

test.for([
  ["b=2&a=1", "a=1&b=2"],
  ["a=2&a=10", "a=10&a=2"],
  ["list-type=2&prefix=a/b", "list-type=2&prefix=a%2Fb"],
  ["uploads", "uploads="],
  ["a=%2f%41", "a=%2FA"],
  ["a=1=2", "a=1%3D2"],
  ["A=1&a=2&a-=3", "A=1&a=2&a-=3"],
  ["&a=1&&", "a=1"],
] as const)("the query %s is signed as %s", ([query, signed]) => {
  expect(canonicalRequest(signable({ query }), [], "s3").canonical.split("\n")[2]).toBe(signed);
});

test("a signature is the HMAC of its text, by a chain of keys that node alone computes", () => {
  const request = signable({});
  const [[, authorization = ""] = [], ...own] = signRequest(request, BY, S3, AT);
  const { canonical } = canonicalRequest(request, own, "s3");
  const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
  const key = hmac(hmac(hmac(hmac("AWS4a secret", "20261203"), "eu-central-1"), "s3"), "aws4_request");
  const hash = createHash("sha256").update(canonical).digest("hex");
  const text = `AWS4-HMAC-SHA256\n20261203T140000Z\n20261203/eu-central-1/s3/aws4_request\n${hash}`;
  expect(authorization).toContain(`Signature=${hmac(key, text).toString("hex")}`);
});
