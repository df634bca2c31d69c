import type { MarkedEntry } from "../../core/deployment/connector-type.ts";
/** OAuth provider whose tokens are handed out: an entry of `oauthProviders` in `valetkey.json`. */
export interface OauthProvider extends MarkedEntry {
  /** Name of the provider in details and policies. */
  readonly name: string;
  /** Issuer identifier (RFC 8414, section 2), compared letter by letter. */
  readonly issuer: string;
  /**
   * Endpoints: found by OIDC discovery, found by RFC 8414, or written down. Without a revocation endpoint no token is
   * issued.
   */
  readonly endpoints: "oidc" | "oauth2" | { readonly token: string; readonly revocation: string };
  readonly clientId: string;
  readonly authentication: ClientAuthentication;
  readonly grant: OauthGrant;
  /** Upper bound on the scopes that a task may request. */
  readonly scopes: readonly string[];
  /** Values of `resource` (RFC 8707) that a task may request. */
  readonly resources: readonly string[];
  /** Values of `audience` (RFC 8693, section 2.1) that a task may request. */
  readonly audiences: readonly string[];
  /**
   * Longest lifetime of the provider's tokens; seconds. A token whose answer was lost has no other bound. A token with
   * a longer lifetime is refused.
   */
  readonly maxTokenSeconds: number;
}

/**
 * Client authentication of valetkey at the provider (RFC 6749, section 2.3; RFC 7523), with the names of secrets and
 * not their values.
 */
export type ClientAuthentication =
  | { readonly method: "client_secret_basic" | "client_secret_post"; readonly clientSecret: string }
  | {
      readonly method: "private_key_jwt";
      /** Name of the secret with the private key: PKCS #8 in PEM. */
      readonly privateKey: string;
      readonly algorithm: string;
      readonly keyId?: string;
    };

/**
 * Grant by which valetkey requests a token: client credentials (RFC 6749, section 4.4), or token exchange (RFC 8693).
 * An exchange turns a token from a secret, which can do more, into one that can do what was requested.
 */
export type OauthGrant =
  | { readonly type: "client_credentials" }
  | { readonly type: "token_exchange"; readonly subjectToken: string; readonly subjectTokenType: string };

export interface TokenRequest {
  readonly scopes: readonly string[];
  readonly resource?: string;
  readonly audience?: string;
}

/** Provider's answer, which nobody has checked yet. */
export interface TokenAnswer {
  readonly token: string;
  /** Type in lower case: `bearer`. */
  readonly tokenType: string;
  readonly expiresInSeconds?: number;
  /** Granted scopes; absent where they are the requested ones (RFC 6749, section 5.1). */
  readonly scopes?: readonly string[];
  /** Further tokens in the answer: refresh tokens, ID tokens. */
  readonly others: readonly string[];
}

export interface OauthProviders {
  /**
   * Requests a token. Revokes a token in an answer that is not valid OAuth. Every wait is bounded.
   * @throws {Refusal} connector_unavailable; connector_refused where the provider refuses, with its error code as
   * `why`.
   */
  ask(provider: OauthProvider, request: TokenRequest): Promise<TokenAnswer>;
  /**
   * Revokes a token; has no effect on a token that the provider does not know (RFC 7009).
   * @throws {Refusal} as `ask`.
   */
  revoke(provider: OauthProvider, token: string): Promise<void>;
}
