import { Refusal } from "../refusal.ts";
import { parseJson } from "../text/parse-json.ts";

/** Payload of a token, as parsed from JSON. */
export type Claims = Readonly<Record<string, unknown>>;

/**
 * Parses the claims of a token whose signature was verified. Header and claims may name no member twice (RFC 7515,
 * section 4; RFC 7519, section 4): whoever else verifies the token could read the other value.
 * @param header base64url.
 * @param payload base64url.
 * @throws {Refusal} token_malformed.
 */
export function parseClaims(header: string, payload: string): Claims {
  try {
    const [, claims] = [header, payload].map((part) => parseJson(UTF8.decode(Buffer.from(part, "base64url"))));
    if (isRecord(claims)) return claims;
  } catch {
    // Falls through: it is not a claims set.
  }
  throw new Refusal("token_malformed");
}

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Returns a claim's value as text; undefined for a claim that is missing, or is no string, boolean or safe integer.
 * @param name of the claim, or an RFC 6901 pointer, which starts with `/`.
 * @example claimText(claims, "/kubernetes.io/namespace")
 */
export function claimText(claims: Claims, name: string): string | undefined {
  const value = valueAt(claims, name);
  if (typeof value === "string") return value;
  // Only integers have one spelling; 1.0 and 1 are the same number in JSON, and a boolean is `true` or `false`.
  if (typeof value === "boolean" || Number.isSafeInteger(value)) return String(value);
  return undefined;
}

/**
 * True for a token that is bound to a key (`cnf`, RFC 7800). Nobody proves possession of a key to this deployment, so
 * such a token would be a plain bearer token here.
 */
export const isKeyBound = (claims: Claims): boolean => Object.hasOwn(claims, "cnf");

/** Finds the first claim that an issuer's configuration requires and the token does not have with exactly this value. */
export const missingRequired = (claims: Claims, required: Readonly<Record<string, string>>): string | undefined =>
  Object.entries(required).find(([name, value]) => claimText(claims, name) !== value)?.[0];

/** Longest claim that policies can read; UTF-16 code units. */
export const CLAIM_CHARACTERS = 1_024;

/**
 * Returns the named claims, which policies read, as text. Omits claims that the token does not have.
 * @throws {Refusal} token_claims for a claim that is present and has no text: a list, an object, null, a fraction, an
 * integer beyond 2^53 - 1, an unpaired surrogate, more than CLAIM_CHARACTERS, a pointer that leads through a value that
 * is not an object, or a claim that the issuer provides outside the token. Without the claim, no forbid that reads it
 * would apply.
 */
export function claimsNamed(claims: Claims, names: readonly string[]): Readonly<Record<string, string>> {
  const present = names.filter((name) => valueAt(claims, name) !== undefined || isElsewhere(claims, name));
  return Object.fromEntries(present.map((name) => [name, readableText(claims, name)] as const));
}

function readableText(claims: Claims, name: string): string {
  const text = claimText(claims, name);
  if (text !== undefined && text.length <= CLAIM_CHARACTERS && text.isWellFormed()) return text;
  throw new Refusal("token_claims", {
    say: `Policies read the claim ${name}: it must be text of at most ${CLAIM_CHARACTERS} characters, a whole number, true or false, or absent.`,
  });
}

/** True where the issuer provides a claim outside the token (OpenID Connect Core 1.0, section 5.6.2). */
export function isElsewhere(claims: Claims, name: string): boolean {
  const names = own(claims, "_claim_names");
  return names !== undefined && (!isRecord(names) || own(names, name) !== undefined);
}

/** Returns a claim as parsed from JSON; undefined where the token does not have it. A name that starts with `/` is a pointer. */
export const valueAt = (claims: Claims, name: string): unknown =>
  name.startsWith("/") ? resolvePointer(claims, name) : own(claims, name);

/**
 * Resolves a pointer. Returns null where it leads through a value that is not an object. Such a claim is present and
 * has no text.
 */
function resolvePointer(claims: Claims, pointer: string): unknown {
  const steps = pointer
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return steps.reduce<unknown>(
    (value, step) => (value === undefined ? undefined : isRecord(value) ? own(value, step) : null),
    claims,
  );
}

const own = (record: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(record, name) ? record[name] : undefined;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
