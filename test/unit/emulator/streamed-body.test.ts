import { createHash, createHmac, createSecretKey } from "node:crypto";
import { expect, it } from "vitest";
import type { Signature } from "../../../local/emulator/signature.ts";
import { decodeStreamedBody } from "../../../local/emulator/streamed-body.ts";
import type { WireRequest } from "../../../local/emulator/wire-request.ts";

const SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const UNSIGNED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
const key = createSecretKey(Buffer.from("signing key"));
const claim: Signature = {
  accessKeyId: "ASIA",
  amzDate: "20261124T120000Z",
  scope: "20261124/us-east-1/s3/aws4_request",
  date: "20261124",
  region: "us-east-1",
  service: "s3",
  signedHeaders: ["host"],
  signature: "f".repeat(64),
};

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The body that S3's documentation describes: each chunk's signature is over the one before. */
function signedChunks(...chunks: string[]): string {
  let previous = claim.signature;
  const parts = [...chunks, ""].map((data) => {
    const toSign = ["AWS4-HMAC-SHA256-PAYLOAD", claim.amzDate, claim.scope, previous, sha256(""), sha256(data)];
    previous = createHmac("sha256", key).update(toSign.join("\n")).digest("hex");
    return `${data.length.toString(16)};chunk-signature=${previous}\r\n${data}\r\n`;
  });
  return parts.join("");
}

const decode = (body: string, hash = UNSIGNED, headers = {}): string => {
  const request: WireRequest = {
    method: "PUT",
    rawPath: "/b/k",
    rawQuery: "",
    headers,
    body: Buffer.from(body),
    remoteAddress: "",
  };
  return decodeStreamedBody(request, claim, hash, key).toString();
};

it("joins the chunks and leaves the trailer out", () => {
  expect(decode("3\r\nabc\r\n2\r\nde\r\n0\r\nx-amz-checksum-crc32:AAAA==\r\n\r\n")).toBe("abcde");
});

it("checks the signature of each chunk", () => {
  const body = signedChunks("abc", "de");
  expect(decode(body, SIGNED)).toBe("abcde");
  expect(() => decode(body.replace("abc", "abx"), SIGNED)).toThrow("does not match");
  expect(() => decode(body.replace(/;chunk-signature=[0-9a-f]{64}/, ""), SIGNED)).toThrow("does not match");
});

it("refuses signed chunks in another order", () => {
  const [first = "", second = "", ...rest] = signedChunks("abc", "xyz").split(/(?<=\r\n\w{3}\r\n)/);
  expect(() => decode([second, first, ...rest].join(""), SIGNED)).toThrow("does not match");
});

it.each([
  ["an unknown kind of payload", "3\r\nabc\r\n0\r\n\r\n", "STREAMING-SOMETHING"],
  ["a chunk shorter than announced", "9\r\nabc\r\n", UNSIGNED],
  ["a size that is none", "zz\r\nabc\r\n0\r\n\r\n", UNSIGNED],
  ["a body without an end", "3\r\nabc\r\n", UNSIGNED],
])("refuses %s", (_what, body, hash) => {
  expect(() => decode(body, hash)).toThrow("x-amz-content-sha256");
});

it("refuses a body of another length than was stated", () => {
  const body = "3\r\nabc\r\n0\r\n\r\n";
  expect(decode(body, UNSIGNED, { "x-amz-decoded-content-length": "3" })).toBe("abc");
  expect(() => decode(body, UNSIGNED, { "x-amz-decoded-content-length": "4" })).toThrow("x-amz-content-sha256");
});
