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
 * Whether a token may be used twice.
 * `single_use`: once, by issuer and `jti` (or the hash of the signing input where there is none).
 * `window`: until it expires, at most `cap` times (SPIRE may hand out one cached JWT-SVID twice).
 */
export type Replay = { readonly mode: "single_use" } | { readonly mode: "window"; readonly cap: number };

/** An issuer whose tokens this deployment looks at. Every field is decided at synth; nothing in a token chooses a URL. */
export interface Issuer {
  /** The short name that bindings and records use; `[a-z0-9-]{2,32}`. */
  readonly name: string;
  /** Compared with the token's `iss` byte by byte, a trailing slash included. */
  readonly url: string;
  /** Whose tokens these are. A people's issuer can never bind to an agent. */
  readonly kind: "agents" | "people";
  /** Where the keys are; without it they are found by discovery at `url`. */
  readonly jwksUrl?: string;
  readonly algorithms: readonly Algorithm[];
  /** The claim by which bindings are found: immutable, and where the issuer has such an id never reused. A name, or an RFC 6901 pointer into the claims. */
  readonly pin: string;
  /** `exp - iat` at most; seconds. */
  readonly maxLifetimeSeconds: number;
  /** How far its clock may be off; seconds. */
  readonly skewSeconds: number;
  readonly replay: Replay;
  /** Claims that every token of this issuer must carry, exactly. */
  readonly required: Readonly<Record<string, string>>;
  /** The shape that `sub` must have, where the issuer promises one. */
  readonly subject?: "spiffe" | "service-account" | "role-arn";
  /** People only: the claim that lists groups. */
  readonly groupsClaim?: string;
}
