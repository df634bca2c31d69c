import { generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from "node:crypto";

/** A key pair that an issuer of the tests, or an attacker, signs with. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: "ES256" | "ES384" | "RS256";
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const ec = (kid: string, alg: "ES256" | "ES384" = "ES256"): SigningKey => ({
  kid,
  alg,
  ...generateKeyPairSync("ec", { namedCurve: alg === "ES256" ? "P-256" : "P-384" }),
});

/** `robots` has two keys of one kind, so that a token without a `kid` names neither of them. */
export const KEYS = {
  robots: ec("robots-1"),
  robotsOther: ec("robots-2"),
  robotsRsa: { kid: "robots-rsa", alg: "RS256", ...generateKeyPairSync("rsa", { modulusLength: 2_048 }) },
  robotsWide: ec("robots-384", "ES384"),
  mesh: ec("mesh-1"),
  staff: ec("staff-1"),
  attacker: ec("attacker-1"),
} as const satisfies Record<string, SigningKey>;

/** The key as an issuer publishes it, or with something changed. */
export const publicJwk = (key: SigningKey, changed: JsonWebKey = {}): JsonWebKey => ({
  ...exported(key),
  kid: key.kid,
  use: "sig",
  alg: key.alg,
  ...changed,
});

function exported(key: SigningKey): JsonWebKey {
  const known = exports.get(key) ?? key.publicKey.export({ format: "jwk" });
  exports.set(key, known);
  return known;
}
/** Public keys, exported once: every world publishes the same. */
const exports = new WeakMap<SigningKey, JsonWebKey>();

/** Signature of exactly this text, in JWS's form (`r` and `s` side by side). */
export const signatureOf = (signingInput: string, key: SigningKey): Buffer =>
  sign(key.alg === "ES384" ? "sha384" : "sha256", Buffer.from(signingInput), {
    key: key.privateKey,
    dsaEncoding: "ieee-p1363",
  });
