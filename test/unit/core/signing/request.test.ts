import { expect, test } from "vitest";
import { faultOf, type RequestToSign } from "../../../../functions/core/signing/request.ts";
import { signable } from "./signable.ts";

const DYNAMODB = "dynamodb.eu-central-1.amazonaws.com";

test.for<Partial<RequestToSign>>([
  {},
  { path: "/a%2Fb/c%20d/%E1%88%B4" },
  { path: "/a//b" },
  { path: "/..." },
  { path: "/a..b/.c" },
  { query: "list-type=2&prefix=a%2Fb%20c" },
  { query: "x-id=PutObject&uploads" },
  { headers: [["Host", "bucket.s3.eu-central-1.amazonaws.com"]] },
  { headers: [["Connection", "Keep-Alive"]] },
  { headers: [["Transfer-Encoding", "chunked"]] },
  {
    headers: [
      ["X-Amz-Copy-Source", "/a/b"],
      ["x-amz-meta-note", 'a "note"'],
    ],
  },
  { payloadHash: "UNSIGNED-PAYLOAD" },
  { payloadHash: "STREAMING-UNSIGNED-PAYLOAD-TRAILER", method: "PUT" },
  { host: "a.b.s3.eu-central-1.amazonaws.com", headers: [] },
])("nothing forbids a signature of %j", (parts) => {
  expect(faultOf(signable(parts))).toBeUndefined();
});

test.for<readonly [attack: string, parts: Partial<RequestToSign>, sentence: RegExp]>([
  ["a method in lower case", { method: "get" }, /^method/],
  ["CONNECT", { method: "CONNECT" }, /^method/],
  ["a method with a line break", { method: "GET\n/other" }, /^method/],
  ["a host with a port", { host: `${DYNAMODB}:443` }, /^host: a DNS name/],
  ["a host with a user name", { host: `user@${DYNAMODB}` }, /^host: a DNS name/],
  ["a host with a dot at its end", { host: `${DYNAMODB}.` }, /^host: a DNS name/],
  ["a host in upper case", { host: DYNAMODB.toUpperCase() }, /^host: a DNS name/],
  ["a host with a line break", { host: `${DYNAMODB}\n` }, /^host: a DNS name/],
  ["an IPv4 address", { host: "169.254.169.254" }, /^host: a DNS name/],
  ["an IPv6 address", { host: "[::1]" }, /^host: a DNS name/],
  ["an IPv6 address without brackets", { host: "::1" }, /^host: a DNS name/],
  ["a host of one label", { host: "localhost" }, /^host: a DNS name/],
  ["a host that a parser would map", { host: "dynamodb。eu-central-1.amazonaws.com" }, /^host: a DNS name/],
  ["an empty path", { path: "" }, /^path: begins/],
  ["an absolute URL as a path", { path: "https://elsewhere/" }, /^path: begins/],
  ["a line break in a path", { path: "/a\n\nhost:elsewhere" }, /^path: begins/],
  ["a carriage return in a path", { path: "/a\rb" }, /^path: begins/],
  ["a query in a path", { path: "/a?acl" }, /^path: begins/],
  ["a fragment in a path", { path: "/a#b" }, /^path: begins/],
  ["a space in a path", { path: "/a b" }, /^path: begins/],
  ["a broken escape in a path", { path: "/a%2" }, /^path: begins/],
  ["a backslash in a path", { path: "/a\\b" }, /^path: begins/],
  ["a letter beyond ASCII in a path", { path: "/ä" }, /^path: begins/],
  ["a dot segment", { path: "/a/../b" }, /^path: no segment/],
  ["a dot segment at the end", { path: "/a/.." }, /^path: no segment/],
  ["an encoded dot segment", { path: "/a/%2E%2e/b" }, /^path: no segment/],
  ["a half encoded dot segment", { path: "/.%2e/b" }, /^path: no segment/],
  ["a single dot", { path: "/./b" }, /^path: no segment/],
  ["two slashes at a service that folds them", { host: DYNAMODB, path: "//" }, /^path: only keys of S3/],
  ["two slashes at a host of nobody", { host: "s3.example.com", path: "/a//b" }, /^path: only keys of S3/],
  ["a long path", { path: `/${"a".repeat(8_192)}` }, /^path: with the query/],
  ["a long query", { query: "a".repeat(8_189) }, /^query: with the path/],
  ["a line break in a query", { query: "a=1\nb" }, /^query: percent-encoded/],
  ["a fragment in a query", { query: "a#b" }, /^query: percent-encoded/],
  ["a plus in a query", { query: "a=b+c" }, /^query: percent-encoded/],
  ["a semicolon that parts parameters", { query: "a;X-Amz-Signature=1" }, /^query: percent-encoded/],
  ["a broken escape in a query", { query: "a=%zz" }, /^query: percent-encoded/],
  ["query and header auth together", { query: "X-Amz-Signature=00" }, /^query: no parameter/],
  ["auth in a query in lower case", { query: "a=1&x-amz-credential=b" }, /^query: no parameter/],
  ["auth in a query, encoded", { query: "%58-%41mz-Date=1" }, /^query: no parameter/],
  ["auth in a query, encoded twice", { query: "%2558-Amz-Date=1" }, /^query: no parameter/],
  ["auth of Signature Version 2", { query: "AWSAccessKeyId=A&Signature=b" }, /^query: no parameter/],
  ["a date of its own", { headers: [["X-Amz-Date", "20261203T000000Z"]] }, /x-amz-date is the hub's/],
  ["a Date of its own", { headers: [["date", "now"]] }, /date is the hub's/],
  ["a token of its own", { headers: [["x-amz-security-token", "t"]] }, /token is the hub's/],
  ["a hash of its own", { headers: [["x-amz-content-sha256", "UNSIGNED-PAYLOAD"]] }, /sha256 is the hub's/],
  ["an authorization of its own", { headers: [["AUTHORIZATION", "AWS4"]] }, /authorization is the hub's/],
  [
    "a header twice",
    {
      headers: [
        ["Range", "a"],
        ["range", "b"],
      ],
    },
    /range is there twice/,
  ],
  [
    "two hosts",
    {
      headers: [
        ["host", "bucket.s3.eu-central-1.amazonaws.com"],
        ["Host", "elsewhere"],
      ],
    },
    /host/,
  ],
  ["another Host", { headers: [["host", "elsewhere.s3.eu-central-1.amazonaws.com"]] }, /host differs/],
  ["a Host with a port", { headers: [["Host", "bucket.s3.eu-central-1.amazonaws.com:443"]] }, /host differs/],
  ["a line break in a header", { headers: [["range", "a\nx-amz-acl:public-read"]] }, /printable ASCII/],
  ["a tab in a header", { headers: [["range", "a\tb"]] }, /printable ASCII/],
  ["a zero byte in a header", { headers: [["range", "a\0"]] }, /printable ASCII/],
  ["a header beyond ASCII", { headers: [["x-amz-meta-a", "ä"]] }, /printable ASCII/],
  ["a colon in a header's name", { headers: [["range:x", "a"]] }, /names of HTTP/],
  ["a semicolon in a header's name", { headers: [["range;host", "a"]] }, /names of HTTP/],
  ["a header without a name", { headers: [["", "a"]] }, /names of HTTP/],
  ["a space after a header's name", { headers: [["range ", "a"]] }, /names of HTTP/],
  ["a connection that drops a signed header", { headers: [["Connection", "close, x-amz-acl"]] }, /connection may be/],
  ["an upgrade", { headers: [["Upgrade", "h2c"]] }, /upgrade makes another/],
  ["settings of another protocol", { headers: [["HTTP2-Settings", "AA"]] }, /http2-settings makes another/],
  ["an authorization for a proxy", { headers: [["Proxy-Authorization", "Basic"]] }, /proxy-authorization makes/],
  [
    "CL and TE",
    {
      headers: [
        ["Content-Length", "3"],
        ["Transfer-Encoding", "chunked"],
      ],
    },
    /not both/,
  ],
  ["a transfer coding that hides chunks", { headers: [["Transfer-Encoding", "chunked, identity"]] }, /may be chunked/],
  ["two lengths in one header", { headers: [["Content-Length", "3, 4"]] }, /number of bytes/],
  ["65 headers", { headers: Array.from({ length: 65 }, (_, at) => [`x-${at}`, "1"] as const) }, /at most 64/],
  ["large headers", { headers: [["x-a", "a".repeat(16_382)]] }, /at most 16384 bytes/],
  ["a hash in upper case", { payloadHash: "E3B0".repeat(16) }, /^payload hash: the SHA-256/],
  ["a hash with a line break", { payloadHash: `${"0".repeat(64)}\n` }, /^payload hash: the SHA-256/],
  ["an unknown form of a payload", { payloadHash: "STREAMING-OTHER" }, /^payload hash: the SHA-256/],
  ["signed chunks", { payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" }, /chunkedEncodingEnabled\(false\)/],
  ["signed chunks with a trailer", { payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" }, /when_required/],
  ["chunks of Signature Version 4A", { payloadHash: "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD" }, /SIGV4A/],
  ["Signature Version 4A", { headers: [["X-Amz-Region-Set", "*"]] }, /SIGV4A/],
])("%s is refused", ([, parts, sentence]) => {
  expect(faultOf(signable(parts))).toMatch(sentence);
});

test("a refusal names no value of the request", () => {
  for (const parts of [
    { path: "/a?token=secret" },
    { query: "x-amz-a=secret" },
    { headers: [["authorization", "secret"]] as const },
  ])
    expect(faultOf(signable(parts))).not.toContain("secret");
});
