import { createHash, createHmac } from "node:crypto";

/** Keys that sign a request. */
export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** Request to an AWS service: a POST to `/`, without a query. */
export interface PostToSign {
  readonly service: string;
  readonly region: string;
  readonly host: string;
  /** Further headers, by names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly at: Date;
}

const ALGORITHM = "AWS4-HMAC-SHA256";

/**
 * Signs a POST by Signature Version 4, and returns its headers without `host`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signedPost(
  { service, region, host, headers, body, at }: PostToSign,
  { accessKeyId, secretAccessKey, sessionToken }: SigningKeys,
): Readonly<Record<string, string>> {
  const time = at.toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
  const scope = [time.slice(0, 8), region, service, "aws4_request"];
  const sent = {
    ...headers,
    "x-amz-date": time,
    ...(sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken }),
  };
  const signed = Object.entries({ ...sent, host }).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(";");
  const canonical = ["POST", "/", "", ...signed.map((each) => each.join(":")), "", names, sha256(body)].join("\n");
  const toSign = [ALGORITHM, time, scope.join("/"), sha256(canonical)].join("\n");
  const key = scope.reduce<string | Buffer>((under, part) => hmac(under, part), `AWS4${secretAccessKey}`);
  const authorization = `${ALGORITHM} Credential=${accessKeyId}/${scope.join("/")}, SignedHeaders=${names}, Signature=${hmac(key, toSign).toString("hex")}`;
  return { ...sent, authorization };
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
