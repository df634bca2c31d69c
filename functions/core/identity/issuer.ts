/** Signature algorithms that a token may carry: asymmetric only (docs/design.md#identity). */
export const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/**
 * Rule for repeated uses of a token.
 * `single_use`: one use, by issuer and `jti` (or the hash of the signing input where there is none).
 * `window`: at most `cap` uses until the token expires (SPIRE may hand out a cached JWT-SVID twice).
 */
export type Replay = { readonly mode: "single_use" } | { readonly mode: "window"; readonly cap: number };

/** Client that is registered at a people's issuer for approvals only. */
export interface ApprovalsClient {
  readonly clientId: string;
  /** Proof of a sign-in for a vote: the time in the token, or an `acr` that the issuer proves at each request. */
  readonly freshness: "auth_time" | "acr";
  /**
   * Classes of sign-in that suffice for acts, consents and the person's own vote; any class where absent. Required for
   * these where `acr` alone proves a sign-in.
   */
  readonly acr?: readonly string[] | undefined;
  /** Redeemer of the authorization code: the page, or the hub with the client's secret. */
  readonly tokenExchange: "browser" | "hub";
  /** Name of the secret with the client's secret; only where the hub redeems the code. */
  readonly secret?: string | undefined;
}

/** Client with which people sign in from the command; public. */
export interface CommandClient {
  readonly clientId: string;
  /** Scope to request; the command's default where absent. */
  readonly scope?: string | undefined;
  /** False where requests to the issuer must not name a resource (RFC 8707). */
  readonly resource?: boolean | undefined;
}

/** Issuer whose tokens the deployment accepts. Every field is fixed at synth; nothing in a token chooses a URL. */
export interface Issuer {
  /** Short name in bindings and records; `[a-z0-9-]{2,32}`. */
  readonly name: string;
  /** Compared with the token's `iss` byte by byte, a trailing slash included. */
  readonly url: string;
  /** Kind of the tokens' holders. A people's issuer can never bind to an agent. */
  readonly kind: "agents" | "people";
  /** URL of the keys; by default found by discovery at `url`. */
  readonly jwksUrl?: string;
  readonly algorithms: readonly Algorithm[];
  /**
   * Claim by which bindings are found: an immutable id, which is never reused where the issuer has such an id. A name,
   * or an RFC 6901 pointer into the claims.
   */
  readonly pin: string;
  /** Upper bound on `exp - iat`; seconds. */
  readonly maxLifetimeSeconds: number;
  /** Tolerated difference of the issuer's clock; seconds. */
  readonly skewSeconds: number;
  readonly replay: Replay;
  /** Claims that every token of this issuer must carry, exactly. */
  readonly required: Readonly<Record<string, string>>;
  /** Form that `sub` must have, where the issuer promises one. */
  readonly subject?: "spiffe" | "service-account" | "role-arn";
  /** Claim that lists groups; only for people's issuers. */
  readonly groupsClaim?: string;
  /** Claim that identifies a person in every kind of token, where that is not `sub`; only for people's issuers. */
  readonly person?: string;
  /** Moment from which on tokens are accepted; epoch seconds. Uses of earlier tokens may be lost since a restore. */
  readonly issuedSince?: number;
  /** True where agents may act for this issuer's people, by a token that names the agent; only for people's issuers. */
  readonly onBehalf?: boolean;
  /** Client at which people of this issuer sign in to approve; only for people's issuers. */
  readonly approvals?: ApprovalsClient;
  /** Client of the command's sign-in; only for people's issuers. */
  readonly cli?: CommandClient;
}
