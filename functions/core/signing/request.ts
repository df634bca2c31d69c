import { awsHostOf } from "./aws-hosts.ts";

/** Request to AWS whose signature is asked for, as it is sent. */
export interface RequestToSign {
  readonly method: string;
  readonly host: string;
  /** Raw path, exactly as sent; begins with `/`. */
  readonly path: string;
  /** Raw query, exactly as sent and without its `?`; empty where there is none. */
  readonly query: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** SHA-256 of the body in lower-case hex, or one of `UNHASHED`. */
  readonly payloadHash: string;
}

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"]);

/** Payloads whose bytes a signature leaves out. */
const UNHASHED: ReadonlySet<string> = new Set(["UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"]);
const SHA256 = /^[0-9a-f]{64}$/;

/** Headers that the hub alone writes: they are the signature, or what AWS reads it by. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  "authorization",
  "date",
  "x-amz-content-sha256",
  "x-amz-date",
  "x-amz-security-token",
]);

/** Parameters of a query that sign by Signature Version 2. */
const OLD_SIGNATURE: ReadonlySet<string> = new Set(["awsaccesskeyid", "signature"]);

/** Headers that would make another protocol or another receiver of a connection. */
const REDIRECTING: ReadonlySet<string> = new Set([
  "http2-settings",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "upgrade",
]);

const MAX_HEADERS = 64;
const MAX_HEADER_BYTES = 16_384;
const MAX_TARGET_BYTES = 8_192;

/** Name in lower case of two labels or more. The last has a letter, so that no IPv4 address is one. */
const HOST = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[ -~]*$/;
/** Characters of a path in RFC 3986, and whole escapes. Parsers of URLs fold a backslash into a slash. */
const PATH = /^\/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*$/;
/** As `PATH`, without `+`, which is a space to some services, and `;`, which parts parameters to some. */
const QUERY = /^(?:[A-Za-z0-9\-._~!$&'()*,=:@/?]|%[0-9A-Fa-f]{2})*$/;
const DOT_SEGMENT = /\/(?:\.|%2e){1,2}(?:\/|$)/i;

/**
 * Finds what forbids a signature, before anything is read of the request. Returns a sentence about it, which names no
 * value of the request; undefined where nothing does.
 */
export function faultOf(request: RequestToSign): string | undefined {
  const { method, host, path, query, headers, payloadHash } = request;
  if (!METHODS.has(method)) return `method: one of ${[...METHODS].join(", ")}, in upper case`;
  if (!HOST.test(host))
    return "host: a DNS name in lower case, without port, user name or dot at its end; an IP address is none";
  return (
    faultOfPath(path, host) ?? faultOfQuery(query, path) ?? faultOfHeaders(headers, host) ?? faultOfHash(payloadHash)
  );
}

function faultOfPath(path: string, host: string): string | undefined {
  if (path.length > MAX_TARGET_BYTES) return `path: with the query, at most ${MAX_TARGET_BYTES} bytes`;
  if (!PATH.test(path))
    return "path: begins with / and is percent-encoded as it is sent, without ?, #, spaces, line breaks or broken escapes";
  // AWS folds these before it verifies, and so do proxies: the path that is signed would not be the path that is served.
  if (DOT_SEGMENT.test(path))
    return "path: no segment may be . or .., encoded or not; name the resource by another key";
  if (path.includes("//") && !awsHostOf(host).some(({ signsAs }) => signsAs === "s3"))
    return "path: only keys of S3 may have two slashes in a row; other services fold them. Leave one out, or send %2F";
  return undefined;
}

function faultOfQuery(query: string, path: string): string | undefined {
  if (path.length + query.length > MAX_TARGET_BYTES) return `query: with the path, at most ${MAX_TARGET_BYTES} bytes`;
  if (!QUERY.test(query))
    return "query: percent-encoded as it is sent, without its ?; a space is %20, a plus is %2B, a semicolon is %3B";
  for (const pair of query.split("&")) {
    const name = wholly(pair.split("=", 1)[0] ?? "").toLowerCase();
    if (name.startsWith("x-amz-") || OLD_SIGNATURE.has(name))
      return "query: no parameter may be X-Amz-... or another part of a signature; the hub signs by headers alone";
  }
  return undefined;
}

/** Decodes a text until no escape is left, since it is unknown how often a service does. */
function wholly(text: string): string {
  const decoded = text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return decoded === text ? text : wholly(decoded);
}

function faultOfHeaders(headers: RequestToSign["headers"], host: string): string | undefined {
  if (headers.length > MAX_HEADERS) return `headers: at most ${MAX_HEADERS}`;
  const names = new Set<string>();
  let bytes = 0;
  for (const [name, value] of headers) {
    bytes += name.length + value.length;
    if (bytes > MAX_HEADER_BYTES) return `headers: at most ${MAX_HEADER_BYTES} bytes together`;
    if (!HEADER_NAME.test(name) || !HEADER_VALUE.test(value))
      return "headers: names of HTTP, and values of printable ASCII without line breaks and tabs";
    const key = name.toLowerCase();
    if (names.has(key)) return `headers: ${key} is there twice; join its values, or leave one out`;
    names.add(key);
    const fault = faultOfHeader(key, value, host);
    if (fault !== undefined) return `headers: ${fault}`;
  }
  if (names.has("content-length") && names.has("transfer-encoding"))
    return "headers: content-length or transfer-encoding, not both: two readers would see two ends of one body";
  return undefined;
}

function faultOfHeader(name: string, value: string, host: string): string | undefined {
  if (name === "x-amz-region-set") return V4A;
  if (OWN_HEADERS.has(name)) return `${name} is the hub's to write; send the request without its signature`;
  if (REDIRECTING.has(name)) return `${name} makes another connection of this one; leave it out`;
  if (name === "host" && value !== host) return "host differs from the host that is to be signed";
  if (name === "connection" && !/^(?:close|keep-alive)$/i.test(value.trim()))
    return "connection may be close or keep-alive; a header that it names would not reach AWS";
  if (name === "transfer-encoding" && value.trim().toLowerCase() !== "chunked")
    return "transfer-encoding may be chunked";
  if (name === "content-length" && !/^\d{1,15}$/.test(value)) return "content-length is a number of bytes";
  return undefined;
}

const V4A =
  "Signature Version 4A is not signed here; name one Region, with AWS_SIGV4A_SIGNING_REGION_SET unset and no multi-Region access point";

function faultOfHash(payloadHash: string): string | undefined {
  if (SHA256.test(payloadHash) || UNHASHED.has(payloadHash)) return undefined;
  if (payloadHash.startsWith("STREAMING-AWS4-ECDSA-")) return `payload hash: ${V4A}`;
  if (payloadHash.startsWith("STREAMING-AWS4-HMAC-"))
    return "payload hash: chunks are not signed one by one; turn chunked encoding off (boto3: Config(request_checksum_calculation='when_required'); Java: chunkedEncodingEnabled(false)), or send over TLS with an unsigned trailer";
  return `payload hash: the SHA-256 of the body in lower-case hex, or ${[...UNHASHED].join(" or ")}`;
}
