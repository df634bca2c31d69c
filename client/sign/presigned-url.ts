import { isSignedBy, type SignedFor, type Signer } from "./incoming-signature.ts";
import type { RunKeys } from "./run-keys.ts";

/** Longest life of a presigned URL of a run; seconds. */
export const PRESIGNED_SECONDS = 60;

/** Query of a presigned URL, taken apart. */
export interface Presigned extends Signer {
  /** Signed query: all parameters but the signature, as they arrived. */
  readonly signedQuery: string;
  readonly signature: string;
  /** Seconds for which its maker wants it to live. */
  readonly seconds: number;
  /** Parameters that are none of the signature's and none of the headers'. */
  readonly query: string;
  /** Headers that the maker has put into the query, such as `x-amz-acl`. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

const CREDENTIAL = /^([A-Za-z0-9]{4,128})\/(\d{8})\/([a-z0-9-]{2,40})\/(s3)\/aws4_request$/;

/** Parameters of the signature itself. Source: "Authenticating Requests: Using Query Parameters", Amazon S3 API Reference. */
const OF_SIGNATURE = new Set([
  ...["x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-signedheaders", "x-amz-signature"],
  ...["x-amz-security-token", "x-amz-content-sha256"],
]);

/** True for the query of any presigned URL, of Signature Version 2 as well. */
export const isPresigned = (query: string): boolean => /(?:^|&)(?:X-Amz-Signature|AWSAccessKeyId)=/i.test(query);

/** Takes the query of a presigned URL of S3 apart; undefined where it is none, or has two readings. */
export function presignedIn(query: string): Presigned | undefined {
  const pairs = query.split("&").map((text) => {
    const [name = "", ...value] = text.split("=");
    return { text, name: decoded(name)?.toLowerCase(), value: decoded(value.join("=")) };
  });
  const values = new Map(pairs.map(({ name, value }) => [name, value]));
  if (values.size < pairs.length || values.has(undefined) || pairs.some(({ value }) => value === undefined))
    return undefined;
  const [, keyId, day = "", region = "", service = ""] = CREDENTIAL.exec(values.get("x-amz-credential") ?? "") ?? [];
  const seconds = Number(values.get("x-amz-expires"));
  if (keyId === undefined || values.get("x-amz-algorithm") !== "AWS4-HMAC-SHA256" || !(seconds > 0)) return undefined;
  const others = pairs.filter(({ name = "" }) => !OF_SIGNATURE.has(name));
  const isHeader = ({ name = "" }: (typeof pairs)[number]) => name.startsWith("x-amz-");
  return {
    ...{ keyId, day, region, service, seconds },
    time: values.get("x-amz-date") ?? "",
    names: values.get("x-amz-signedheaders") ?? "",
    signature: values.get("x-amz-signature") ?? "",
    signedQuery: joined(pairs.filter(({ name }) => name !== "x-amz-signature")),
    query: joined(others.filter((each) => !isHeader(each))),
    headers: others.filter(isHeader).map(({ name = "", value = "" }) => [name, value]),
  };
}

/**
 * Verifies a presigned URL by the keys of this run. Undefined where it is not theirs, or is older than its maker wants, or than `PRESIGNED_SECONDS`.
 */
export function verifiedPresigned(
  request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string | undefined>>;
  },
  presigned: Presigned,
  keys: RunKeys,
  nowMs: number,
): SignedFor | undefined {
  const most = Math.min(presigned.seconds, PRESIGNED_SECONDS);
  const signed = { ...request, query: presigned.signedQuery, payloadHash: "UNSIGNED-PAYLOAD" };
  return isSignedBy(signed, presigned, presigned.signature, keys, { from: nowMs - most * 1_000, to: nowMs + CLOCK_MS });
}

/** Tolerated lead of the clock by which the program signs; milliseconds. It runs on this machine. */
const CLOCK_MS = 1_000;

const joined = (pairs: readonly { readonly text: string }[]): string => pairs.map(({ text }) => text).join("&");

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
