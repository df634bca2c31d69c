import type { AwsHost } from "./aws-hosts.ts";
import type { RequestToSign } from "./request.ts";
import { authorizationOf, momentOf, signingKey } from "./signature.ts";

/** Credentials of a session. */
interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Headers that do not reach AWS as they were sent: each hop writes its own, or may change them. */
const UNSIGNED: ReadonlySet<string> = new Set([
  "connection",
  "expect",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "user-agent",
  "x-amzn-trace-id",
]);

/**
 * Signs a request in which `faultOf` finds nothing, by Signature Version 4.
 * @param nowMs time of the signature; epoch milliseconds.
 * @returns the headers to add: `authorization`, and those by which AWS reads it.
 */
export function signRequest(
  request: RequestToSign,
  by: SigningCredentials,
  as: Pick<AwsHost, "signsAs" | "region">,
  nowMs: number,
): readonly (readonly [string, string])[] {
  const moment = momentOf(nowMs);
  const own: readonly (readonly [string, string])[] = [
    ["x-amz-date", moment],
    ["x-amz-content-sha256", request.payloadHash],
    ["x-amz-security-token", by.sessionToken],
  ];
  const scope = { day: moment.slice(0, 8), region: as.region, service: as.signsAs };
  const authorization = authorizationOf({
    ...canonicalRequest(request, own, as.signsAs),
    moment,
    scope,
    accessKeyId: by.accessKeyId,
    key: signingKey(by.secretAccessKey, scope),
  });
  return [["authorization", authorization], ...own];
}

/** Writes a request as Signature Version 4 reads it, with headers of the hub's own. No two requests have one text. */
export function canonicalRequest(
  { method, host, path, query, headers, payloadHash }: RequestToSign,
  own: RequestToSign["headers"],
  signsAs: string,
): { readonly canonical: string; readonly signedHeaders: string } {
  const signed = new Map<string, string>([["host", host]]);
  for (const [name, value] of [...headers, ...own]) {
    const key = name.toLowerCase();
    if (!UNSIGNED.has(key)) signed.set(key, value.trim().replace(/ {2,}/g, " "));
  }
  const names = [...signed.keys()].sort();
  const lines = names.map((name) => `${name}:${signed.get(name)}\n`).join("");
  const signedHeaders = names.join(";");
  // S3 reads a path as it is sent. Every other service encodes it once more.
  const canonicalPath = signsAs === "s3" ? path : path.split("/").map(encoded).join("/");
  const canonical = `${method}\n${canonicalPath}\n${canonicalQuery(query)}\n${lines}\n${signedHeaders}\n${payloadHash}`;
  return { canonical, signedHeaders };
}

/** Sorts a query by its encoded names, then values, with each encoded as RFC 3986 has it. */
function canonicalQuery(query: string): string {
  if (query === "") return "";
  const pairs = query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const at = pair.indexOf("=");
      const [name, value] = at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
      return [reencoded(name), reencoded(value)] as const;
    });
  pairs.sort(([a, x], [b, y]) => order(a, b) || order(x, y));
  return pairs.map(([name, value]) => `${name}=${value}`).join("&");
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const UNRESERVED = /[A-Za-z0-9\-._~]/;
const escaped = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;

/** Encodes each ASCII character that RFC 3986 reserves. */
const encoded = (text: string): string => text.replace(/[^A-Za-z0-9\-._~]/g, escaped);

/** Encodes what is not encoded, decodes what need not be, and writes escapes in upper case. */
const reencoded = (text: string): string =>
  text.replace(/%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~]/g, (part) => {
    if (part.length === 1) return escaped(part);
    const character = String.fromCharCode(Number.parseInt(part.slice(1), 16));
    return UNRESERVED.test(character) ? character : part.toUpperCase();
  });
