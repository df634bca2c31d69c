import { authError } from "./auth-errors.ts";
import { queryPairs, type WireRequest } from "./wire-request.ts";

/** SigV4 signature as the request claims it, not verified yet. */
export interface Signature {
  readonly accessKeyId: string;
  /** `20261124T120000Z` */
  readonly amzDate: string;
  /** `20261124/us-east-1/s3/aws4_request` */
  readonly scope: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly sessionToken?: string;
  /** Hash of the body by the request's own header; absent where the service does not require the header. */
  readonly statedPayloadHash?: string;
  /** Lifetime of a presigned URL; seconds. */
  readonly expiresSeconds?: number;
}

const ALGORITHM = "AWS4-HMAC-SHA256";

/** Parses the signature of a request, from its header or (presigned) from its query. @throws {ServiceError} for unsigned requests. */
export function parseSignature(request: WireRequest): Signature {
  const authorization = request.headers.authorization;
  if (authorization !== undefined) return fromHeader(request, authorization);
  const query = new Map(queryPairs(request.rawQuery));
  if (query.get("X-Amz-Algorithm") === ALGORITHM) return fromQuery(query);
  throw authError("sts", "missing");
}

function fromHeader(request: WireRequest, authorization: string): Signature {
  const [algorithm, rest = ""] = authorization.split(/\s+(.*)/s);
  const parts = new Map(rest.split(/,\s*/).map((part) => splitAt(part, "=")));
  const { headers } = request;
  if (algorithm !== ALGORITHM) throw authError("sts", "missing");
  return {
    ...credentialOf(parts.get("Credential") ?? ""),
    amzDate: headers["x-amz-date"] ?? "",
    signedHeaders: (parts.get("SignedHeaders") ?? "").split(";"),
    signature: parts.get("Signature") ?? "",
    ...(headers["x-amz-security-token"] === undefined ? {} : { sessionToken: headers["x-amz-security-token"] }),
    ...(headers["x-amz-content-sha256"] === undefined ? {} : { statedPayloadHash: headers["x-amz-content-sha256"] }),
  };
}

function fromQuery(query: ReadonlyMap<string, string>): Signature {
  const sessionToken = query.get("X-Amz-Security-Token");
  return {
    ...credentialOf(query.get("X-Amz-Credential") ?? ""),
    amzDate: query.get("X-Amz-Date") ?? "",
    signedHeaders: (query.get("X-Amz-SignedHeaders") ?? "").split(";"),
    signature: query.get("X-Amz-Signature") ?? "",
    statedPayloadHash: query.get("X-Amz-Content-Sha256") ?? "UNSIGNED-PAYLOAD",
    expiresSeconds: Number(query.get("X-Amz-Expires") ?? Number.NaN),
    ...(sessionToken === undefined ? {} : { sessionToken }),
  };
}

function credentialOf(credential: string): Pick<Signature, "accessKeyId" | "scope" | "date" | "region" | "service"> {
  const [accessKeyId = "", date = "", region = "", service = "", terminator, ...more] = credential.split("/");
  if (terminator !== "aws4_request" || more.length > 0) throw authError("sts", "missing");
  return { accessKeyId, date, region, service, scope: `${date}/${region}/${service}/aws4_request` };
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
