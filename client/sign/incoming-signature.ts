import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { RunKeys } from "./run-keys.ts";

/** Request as it arrived, with the headers by their names in lower case. */
export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** SHA-256 of the body, or the text that the request has in its place. */
  readonly payloadHash: string;
}

/** Scope that a verified signature names. */
export interface SignedFor {
  readonly region: string;
  readonly service: string;
}

const FORM =
  /^AWS4-HMAC-SHA256 Credential=([A-Za-z0-9]{4,128})\/(\d{8})\/([a-z0-9-]{2,40})\/([a-z0-9-]{2,60})\/aws4_request, ?SignedHeaders=([a-z0-9;-]{1,2048}), ?Signature=([0-9a-f]{64})$/;

/** Tolerated age of a signature; milliseconds. AWS tolerates as much for S3. */
const CLOCK_MS = 15 * 60_000;

/** Reads the key and the service that a request names, verified or not; undefined where it names none. */
export function namedBy({
  headers,
}: Pick<Arrived, "headers">): { readonly keyId: string; readonly service: string } | undefined {
  const [, keyId, , , service] = FORM.exec(headers.authorization ?? "") ?? [];
  return keyId === undefined || service === undefined ? undefined : { keyId, service };
}

/** Parts of a signature that say by which key, when and for which headers it was made. */
export interface Signer extends SignedFor {
  readonly keyId: string;
  /** `YYYYMMDD` of the scope. */
  readonly day: string;
  /** `YYYYMMDDTHHMMSSZ` */
  readonly time: string;
  /** Names of the signed headers, in lower case, separated by semicolons. */
  readonly names: string;
}

/**
 * Verifies the whole signature of a request by the keys of this run. Undefined where it is not theirs: any process of the machine can reach a loopback port.
 */
export function verifiedSignature(request: Arrived, keys: RunKeys, nowMs: number): SignedFor | undefined {
  const found = FORM.exec(request.headers.authorization ?? "");
  if (!found) return undefined;
  const [, keyId = "", day = "", region = "", service = "", names = "", signature = ""] = found;
  const signer = { keyId, day, region, service, names, time: request.headers["x-amz-date"] ?? "" };
  return isSignedBy(request, signer, signature, keys, { from: nowMs - CLOCK_MS, to: nowMs + CLOCK_MS });
}

/**
 * Verifies a signature by the keys of this run, within a span of time. @returns its scope; undefined where it is not theirs.
 * Source: "Create a signed AWS API request", AWS IAM User Guide.
 */
export function isSignedBy(
  request: Arrived,
  { keyId, day, time, region, service, names }: Signer,
  signature: string,
  keys: RunKeys,
  { from, to }: { readonly from: number; readonly to: number },
): SignedFor | undefined {
  const atMs = instantOf(time);
  if (keyId !== keys.accessKeyId || time.slice(0, 8) !== day || !(atMs >= from && atMs <= to)) return undefined;
  const signed = names.split(";");
  if (!signed.includes("host") || signed.some((name) => request.headers[name] === undefined)) return undefined;
  const lines = signed.map((name) => `${name}:${(request.headers[name] ?? "").trim().replaceAll(/ +/g, " ")}`);
  const query = sortedQuery(request.query);
  const canonical = (path: string) =>
    [request.method, path, query, ...lines, "", names, request.payloadHash].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = scope
    .split("/")
    .reduce<string | Buffer>((under, part) => hmac(under, part), `AWS4${keys.secretAccessKey}`);
  const given = Buffer.from(signature, "hex");
  const isOurs = canonicalPaths(service, request.path).some((path) => {
    const hash = createHash("sha256").update(canonical(path)).digest("hex");
    const expected = hmac(key, ["AWS4-HMAC-SHA256", time, scope, hash].join("\n"));
    return given.length === expected.length && timingSafeEqual(expected, given);
  });
  return isOurs ? { region, service } : undefined;
}

/**
 * Lists the forms in which SDKs sign a path. S3's is as it arrived. Elsewhere each byte is encoded once more, and some SDKs fold slashes that follow each other. The hub
 * refuses dot segments.
 */
function canonicalPaths(service: string, path: string): readonly string[] {
  if (service === "s3") return [path];
  const encoded = path.replaceAll(/[^A-Za-z0-9\-._~/]/g, (each) =>
    [...Buffer.from(each, "latin1")].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
  return [...new Set([encoded, encoded.replaceAll(/\/{2,}/g, "/")])];
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

const sortedQuery = (query: string): string =>
  query
    .split("&")
    .filter((each) => each !== "")
    .map((each): readonly [string, string] => {
      const at = each.indexOf("=");
      return at < 0 ? [each, ""] : [each.slice(0, at), each.slice(at + 1)];
    })
    .toSorted(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");

function instantOf(time: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
