import type { Claims } from "./claims.ts";
import type { Issuer } from "./issuer.ts";

/** Verifies tokens' signatures. */
export interface Tokens {
  /**
   * Verifies a token's signature by the issuer's keys, and returns its claims.
   * @throws {Refusal} token_malformed, token_signature, issuer_unreachable.
   */
  verify(token: string, issuer: Issuer): Promise<{ readonly claims: Claims; readonly signingInputHash: string }>;
}
