import type { Claims } from "./claims.ts";
import type { Issuer } from "./issuer.ts";

/** Public key in the form of a JWK (RFC 7517), with its `kid` where the token names one. */
export type PublicKey = Readonly<Record<string, string>>;

/** Token whose signature was verified. */
export interface VerifiedToken {
  readonly claims: Claims;
  /** SHA-256 of the signed part, base64url. */
  readonly signingInputHash: string;
  /** Returns the key that verified the token. */
  readonly publicKey: () => Promise<PublicKey>;
}

/** Verifies tokens' signatures. */
export interface Tokens {
  /**
   * Verifies a token's signature by the issuer's keys, and returns its claims.
   * @param typ header `typ` that the token must have, letter by letter; by default that of a plain JWT, or none.
   * @throws {Refusal} token_malformed, token_signature, issuer_unreachable.
   */
  verify(token: string, issuer: Issuer, typ?: string): Promise<VerifiedToken>;
}
