import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from "node:crypto";
import { authError } from "./auth-errors.ts";
import { encodeRfc3986 } from "./rfc3986.ts";
import type { Session } from "./sessions.ts";
import type { Signature } from "./signature.ts";
import { decodeStreamedBody } from "./streamed-body.ts";
import { queryPairs, type WireRequest } from "./wire-request.ts";

const MINUTE_MS = 60_000;
/** Tolerated difference of clocks. S3 documents 15 minutes (RequestTimeTooSkewed), the other services 5. */
const skewMs = (service: string): number => (service === "s3" ? 15 : 5) * MINUTE_MS;
const PRESIGN_LIMIT_SECONDS = 604_800;
const HEX_SHA256 = /^[0-9a-f]{64}$/;

/**
 * Verifies a request by SigV4 and returns its body. Checks the session token, the time, and the signature over method,
 * path, query and headers. Then checks the hash of the body. The session's expiry is checked last, so that only the
 * holder of the secret learns of it.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function verifySignature(request: WireRequest, claim: Signature, session: Session, now: number): Buffer {
  const { service } = claim;
  if (!same(claim.sessionToken ?? "", session.credentials.sessionToken)) throw authError(service, "badToken");
  checkTime(claim, now);
  checkSignedHeaders(request, claim);
  const bodyHash = hash("sha256", request.body);
  const payloadHash = claim.statedPayloadHash ?? bodyHash;
  const key = signingKey(session, claim);
  const expected = hmac(key, stringToSign(claim, canonicalRequest(request, claim, payloadHash))).toString("hex");
  if (!same(expected, claim.signature)) throw authError(service, "badSignature");
  const body = checkedBody(request, claim, { payloadHash, bodyHash }, key);
  if (now >= session.expiresAt) throw authError(service, "expired");
  return body;
}

function checkTime(claim: Signature, now: number): void {
  const signedAt = instantOf(claim.amzDate);
  const isSameDay = claim.amzDate.slice(0, 8) === claim.date;
  if (Number.isNaN(signedAt) || !isSameDay) throw authError(claim.service, "badSignature");
  if (claim.expiresSeconds === undefined) {
    if (Math.abs(now - signedAt) > skewMs(claim.service)) throw authError(claim.service, "skewed");
    return;
  }
  const livesSeconds = claim.expiresSeconds;
  if (!(livesSeconds >= 1 && livesSeconds <= PRESIGN_LIMIT_SECONDS)) throw authError(claim.service, "badSignature");
  if (now < signedAt - skewMs(claim.service)) throw authError(claim.service, "skewed");
  if (now > signedAt + livesSeconds * 1000) throw authError(claim.service, "denied", "Request has expired");
}

/** Refuses unsigned headers that change the meaning of a request: anybody on the network could have added them. */
function checkSignedHeaders(request: WireRequest, claim: Signature): void {
  const required = Object.keys(request.headers).filter(
    (name) => name === "host" || (name.startsWith("x-amz-") && name !== "x-amz-user-agent"),
  );
  const unsigned = required.filter((name) => !claim.signedHeaders.includes(name));
  if (unsigned.length > 0)
    throw authError(
      claim.service,
      "badSignature",
      `There were headers present which were not signed: ${unsigned.join(", ")}`,
    );
}

function checkedBody(
  request: WireRequest,
  claim: Signature,
  { payloadHash, bodyHash }: { readonly payloadHash: string; readonly bodyHash: string },
  key: KeyObject,
): Buffer {
  if (HEX_SHA256.test(payloadHash)) {
    if (payloadHash !== bodyHash) throw authError(claim.service, "badBody");
    return request.body;
  }
  if (claim.service !== "s3") throw authError(claim.service, "badBody");
  if (payloadHash === "UNSIGNED-PAYLOAD") return request.body;
  if (payloadHash.startsWith("STREAMING-")) return decodeStreamedBody(request, claim, payloadHash, key);
  throw authError(claim.service, "badBody");
}

function canonicalRequest(request: WireRequest, claim: Signature, payloadHash: string): string {
  // S3 signs the path as it is on the wire. Every other service encodes each segment once more.
  const path = claim.service === "s3" ? request.rawPath : request.rawPath.split("/").map(encodeRfc3986).join("/");
  const query = queryPairs(request.rawQuery)
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [encodeRfc3986(name), encodeRfc3986(value)] as const)
    .sort(([a, x], [b, y]) => order(a, b) || order(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  const headers = claim.signedHeaders.map(
    (name) => `${name}:${(request.headers[name] ?? "").trim().replace(/\s+/g, " ")}\n`,
  );
  return [request.method, path, query, headers.join(""), claim.signedHeaders.join(";"), payloadHash].join("\n");
}

const stringToSign = (claim: Signature, canonical: string): string =>
  ["AWS4-HMAC-SHA256", claim.amzDate, claim.scope, hash("sha256", canonical)].join("\n");

/**
 * Last signing key of each session, as a key object. For plain bytes, Node throws and catches an error first, which
 * takes longer than the HMAC.
 */
const lastKeys = new WeakMap<Session, { readonly of: string; readonly key: KeyObject }>();

/** Derives the key that signs all requests of a session to one service on one day. */
function signingKey(session: Session, { date, region, service }: Signature): KeyObject {
  const of = `${date}/${region}/${service}`;
  const last = lastKeys.get(session);
  if (last?.of === of) return last.key;
  const secret = `AWS4${session.credentials.secretAccessKey}`;
  const key = createSecretKey(hmac(hmac(hmac(hmac(secret, date), region), service), "aws4_request"));
  lastKeys.set(session, { of, key });
  return key;
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const hmac = (key: string | Buffer | KeyObject, data: string): Buffer =>
  createHmac("sha256", key).update(data).digest();

function instantOf(amzDate: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(amzDate) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
