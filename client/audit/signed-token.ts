import { createPublicKey, verify } from "node:crypto";
import type { Facts } from "../../functions/core/journal/event.ts";
import { jsonFields } from "../../functions/core/text/json-fields.ts";

type Claims = Readonly<Record<string, unknown>>;

/** Parameters of each algorithm by which an issuer signs (RFC 7518, RFC 8037), by the type of its key. */
const ALGORITHMS: Readonly<
  Record<string, { readonly kty: string; readonly hash: string | null; readonly more?: object }>
> = {
  RS256: { kty: "RSA", hash: "sha256" },
  RS384: { kty: "RSA", hash: "sha384" },
  RS512: { kty: "RSA", hash: "sha512" },
  PS256: { kty: "RSA", hash: "sha256", more: { padding: 6, saltLength: 32 } },
  PS384: { kty: "RSA", hash: "sha384", more: { padding: 6, saltLength: 48 } },
  PS512: { kty: "RSA", hash: "sha512", more: { padding: 6, saltLength: 64 } },
  ES256: { kty: "EC", hash: "sha256", more: { dsaEncoding: "ieee-p1363" } },
  ES384: { kty: "EC", hash: "sha384", more: { dsaEncoding: "ieee-p1363" } },
  ES512: { kty: "EC", hash: "sha512", more: { dsaEncoding: "ieee-p1363" } },
  EdDSA: { kty: "OKP", hash: null },
};

/**
 * Verifies a token's signature by a public key, without any library.
 * @param jwk members of a JWK that the journal recorded.
 * @returns the token's claims; undefined where the key did not sign it.
 */
export function claimsBy(token: string, jwk: Facts): Claims | undefined {
  const [header = "", payload = "", signature = "", ...more] = token.split(".");
  const { alg, kid } = decoded(header);
  const algorithm = typeof alg === "string" && Object.hasOwn(ALGORITHMS, alg) ? ALGORITHMS[alg] : undefined;
  if (!algorithm || more.length > 0 || algorithm.kty !== jwk.kty || (kid !== undefined && kid !== jwk.kid))
    return undefined;
  try {
    const { kty, crv, x, y, n, e } = jwk;
    const key = createPublicKey({ key: JSON.parse(JSON.stringify({ kty, crv, x, y, n, e })), format: "jwk" });
    const bytes = Buffer.from(signature, "base64url");
    const isSigned = verify(algorithm.hash, Buffer.from(`${header}.${payload}`), { key, ...algorithm.more }, bytes);
    return isSigned ? decoded(payload) : undefined;
  } catch {
    // A key that cannot be read has signed nothing.
    return undefined;
  }
}

const decoded = (part: string): Claims => jsonFields(Buffer.from(part, "base64url").toString("utf8"));
