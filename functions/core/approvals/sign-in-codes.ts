import type { Deployment } from "../deployment/deployment.ts";
import type { Issuer } from "../identity/issuer.ts";

/** Code that a sign-in brought to the console's page, with the data that redeems it. */
export interface SignInCode {
  readonly code: string;
  /** PKCE's verifier (RFC 7636). */
  readonly verifier: string;
  readonly redirectUri: string;
}

/** People's issuers, at which the hub redeems the code of a sign-in with the secret of its client for approvals. */
export interface SignInCodes {
  /**
   * Redeems a code for the ID token of the sign-in. Nobody has verified that token yet.
   * @returns undefined where the issuer refuses the code.
   * @throws {Refusal} issuer_unreachable where the issuer or the client's secret cannot be reached.
   */
  redeem(issuer: Issuer, code: SignInCode): Promise<string | undefined>;
}

/** Returns the one redirect address of the clients for approvals. */
export const redirectUriOf = ({ url }: NonNullable<Deployment["console"]>): string => `${url}/callback`;
