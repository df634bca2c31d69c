import type { Claims } from "./claims.ts";
import type { Issuer } from "./issuer.ts";

export interface Tokens {
  /**
   * The claims of a token whose signature the issuer's keys verify.
   * @throws {Refusal} token_malformed, token_signature, issuer_unreachable.
   */
  verify(token: string, issuer: Issuer): Promise<{ readonly claims: Claims; readonly signingInputHash: string }>;
}
