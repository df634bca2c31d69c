/** An OAuth provider whose tokens are handed out: an entry of `oauthProviders` in `valetkey.json`. */
export interface OauthProvider {
  /** As details and policies name it. */
  readonly name: string;
  /** Issuer identifier (RFC 8414, section 2), letter by letter. */
  readonly issuer: string;
  /** Found by OIDC discovery, or by RFC 8414, or written down. Without a place to revoke at nothing is issued. */
  readonly endpoints: "oidc" | "oauth2" | { readonly token: string; readonly revocation: string };
  readonly clientId: string;
  readonly authentication: ClientAuthentication;
  readonly grant: OauthGrant;
  /** The most that may be asked for. */
  readonly scopes: readonly string[];
  /** Values of `resource` (RFC 8707) that may be asked for. */
  readonly resources: readonly string[];
  /** Values of `audience` (RFC 8693, section 2.1) that may be asked for. */
  readonly audiences: readonly string[];
  /** No token of it lives longer: what bounds one whose answer was lost. One that says otherwise is refused. */
  readonly maxTokenSeconds: number;
}

/** Client authentication of valetkey at the provider (RFC 6749, section 2.3; RFC 7523). Secrets are named, not written. */
export type ClientAuthentication =
  | { readonly method: "client_secret_basic" | "client_secret_post"; readonly clientSecret: string }
  | {
      readonly method: "private_key_jwt";
      /** The secret with the key: PKCS #8, in PEM. */
      readonly privateKey: string;
      readonly algorithm: string;
      readonly keyId?: string;
    };

/** RFC 6749, section 4.4; or RFC 8693: a token from a secret, which can do more, for one that can do what was asked for. */
export type OauthGrant =
  | { readonly type: "client_credentials" }
  | { readonly type: "token_exchange"; readonly subjectToken: string; readonly subjectTokenType: string };

export interface TokenRequest {
  readonly scopes: readonly string[];
  readonly resource?: string;
  readonly audience?: string;
}

/** Provider's answer, before anybody has judged it. */
export interface TokenAnswer {
  readonly token: string;
  /** In lower case: `bearer`. */
  readonly tokenType: string;
  readonly expiresInSeconds?: number;
  /** Without it, the scopes that were asked for (RFC 6749, section 5.1). */
  readonly scopes?: readonly string[];
  /** Tokens that came with it: for refreshing, for logging in. */
  readonly others: readonly string[];
}

export interface OauthProviders {
  /**
   * A token. What came in an answer that is none of OAuth's is taken back. Every wait is bounded.
   * @throws {Refusal} connector_unavailable; connector_refused where the provider said no. `why` is its error code.
   */
  ask(provider: OauthProvider, request: TokenRequest): Promise<TokenAnswer>;
  /** The token is dead, or was unknown there already (RFC 7009). @throws {Refusal} as `ask`. */
  revoke(provider: OauthProvider, token: string): Promise<void>;
}
