import { createHmac, createSecretKey, hash, type KeyObject } from "node:crypto";

const ALGORITHM = "AWS4-HMAC-SHA256";

/** Signature Version 4's name of a moment: `20261203T134832Z`. @param ms epoch milliseconds. */
export const momentOf = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, "");

/** Day, Region and service for which a signature counts. */
export interface SignatureScope {
  /** Day in UTC: `20261203`. */
  readonly day: string;
  readonly region: string;
  /** Signing name of a service: `s3`, `monitoring`. */
  readonly service: string;
}

const partsOf = ({ day, region, service }: SignatureScope) => [day, region, service, "aws4_request"];

/** Derives the key that signs in a scope. */
export function signingKey(secretAccessKey: string, scope: SignatureScope): KeyObject {
  const bytes = partsOf(scope).reduce(
    (key, part) => createHmac("sha256", key).update(part).digest(),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
  return createSecretKey(bytes);
}

/** Canonical request, and with what and when it is signed. */
export interface Signing {
  readonly canonical: string;
  /** Names of the signed headers: `host;x-amz-date`. */
  readonly signedHeaders: string;
  /** Moment of the signature, as `momentOf` writes it. */
  readonly moment: string;
  readonly scope: SignatureScope;
  readonly accessKeyId: string;
  readonly key: KeyObject;
}

/**
 * Signs a canonical request; returns the value of its `authorization` header. Source:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function authorizationOf({ canonical, signedHeaders, moment, scope, accessKeyId, key }: Signing): string {
  const within = partsOf(scope).join("/");
  const text = `${ALGORITHM}\n${moment}\n${within}\n${hash("sha256", canonical)}`;
  const signature = createHmac("sha256", key).update(text).digest("hex");
  return `${ALGORITHM} Credential=${accessKeyId}/${within}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
}
