import { Refusal } from "../refusal.ts";
import { type Claims, claimText, isKeyBound, missingRequired } from "./claims.ts";
import type { Issuer } from "./issuer.ts";

/** Verified claims of a token. Times are epoch seconds. */
export interface CheckedClaims {
  readonly subject: string;
  readonly pinned: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

const SUBJECTS = {
  // SPIFFE-ID, sections 2.1 to 2.3: a trust domain in lower case, then a path without empty or dot segments.
  spiffe: /^spiffe:\/\/[a-z0-9._-]+(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+)+$/,
  "service-account": /^system:serviceaccount:[a-z0-9-]{1,63}:[a-z0-9.-]{1,253}$/,
  "role-arn": /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
} as const;

/**
 * Checks the claims of a token whose signature was verified.
 * @param nowSeconds epoch seconds.
 * @throws {Refusal} token_claims, token_expired, token_lifetime, token_audience; the refusal quotes nothing of the token.
 */
export function checkClaims(claims: Claims, issuer: Issuer, audience: string, nowSeconds: number): CheckedClaims {
  const { sub, aud, exp, iat, nbf, jti } = claims;
  if (typeof sub !== "string" || sub.length === 0 || sub.length > 1_024 || !sub.isWellFormed())
    refuse("sub must be a string of 1 to 1024 characters");
  if (!isInstant(exp)) refuse("exp must be a number of seconds");
  if (!isInstant(iat)) refuse("iat must be a number of seconds");
  if (nbf !== undefined && !isInstant(nbf)) refuse("nbf must be a number of seconds");
  // RFC 7519, section 4.1.7. A token whose `jti` is no string cannot be identified, and so could be used twice.
  if (jti !== undefined && typeof jti !== "string") refuse("jti must be a string");

  if (isKeyBound(claims)) refuse("a token that is bound to a key (cnf) is not accepted");

  // Exactly one audience, valetkey's: any other audience of the token could replay it here.
  const audiences = Array.isArray(aud) ? aud : [aud];
  if (audiences.length !== 1 || audiences[0] !== audience)
    throw new Refusal("token_audience", { say: `aud must be "${audience}".` });

  if (nowSeconds >= exp + issuer.skewSeconds) throw new Refusal("token_expired");
  if (iat > nowSeconds + issuer.skewSeconds) throw new Refusal("token_expired", { why: "iat in the future" });
  // With the issuer's skew: a clock that is fast dates a token from before the restore after it.
  if (issuer.issuedSince !== undefined && iat < issuer.issuedSince + issuer.skewSeconds)
    throw new Refusal("token_expired", { why: "issued before the table was restored" });
  if (isInstant(nbf) && nbf > nowSeconds + issuer.skewSeconds)
    throw new Refusal("token_expired", { why: "nbf in the future" });
  if (exp <= iat) refuse("exp must be after iat");
  if (exp - iat > issuer.maxLifetimeSeconds)
    throw new Refusal("token_lifetime", { say: `At most ${issuer.maxLifetimeSeconds} seconds.` });

  if (issuer.subject && !SUBJECTS[issuer.subject].test(sub))
    refuse(`sub is not of the form that ${issuer.subject} issuers use`);
  const missing = missingRequired(claims, issuer.required);
  if (missing !== undefined)
    refuse(`the claim ${missing} does not have the value that this issuer's configuration requires`);
  const pinned = claimText(claims, issuer.pin);
  if (!pinned) refuse(`the claim ${issuer.pin}, by which agents of this issuer are found, is missing`);
  if (!canBeLookedUp(pinned))
    refuse(
      `the claim ${issuer.pin}, by which agents of this issuer are found, must be text of at most ${PIN_BYTES} bytes`,
    );
  return { subject: sub, pinned, issuedAt: iat, expiresAt: exp };
}

/** Longest sort key of DynamoDB; bytes of UTF-8. */
const PIN_BYTES = 1_024;

/** True where the value fits a table key. A longer value has no bindings, and a read with it would fail. */
export const canBeLookedUp = (pinned: string): boolean =>
  pinned.isWellFormed() && Buffer.byteLength(pinned) <= PIN_BYTES;

// Up to the year 2286: a larger number may be a time in milliseconds by mistake.
const isInstant = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value) && value >= 0 && value < 1e10;

function refuse(say: string): never {
  throw new Refusal("token_claims", { say: `${say[0]?.toUpperCase()}${say.slice(1)}.` });
}
