import { Refusal } from "../refusal.ts";

/** The payload of a token, as JSON gave it. */
export type Claims = Readonly<Record<string, unknown>>;

/**
 * The claim's value as a string, or nothing. A name that starts with `/` is an RFC 6901 pointer
 * (`/kubernetes.io/namespace`, `/https:~1~1sts.amazonaws.com~1/aws_account`); objects and arrays are never equal to anything.
 */
export function claimText(claims: Claims, name: string): string | undefined {
  const value = valueAt(claims, name);
  if (typeof value === "string") return value;
  // Only integers have one spelling; 1.0 and 1 are the same number in JSON, and a boolean is `true` or `false`.
  if (typeof value === "boolean" || Number.isSafeInteger(value)) return String(value);
  return undefined;
}

/** Longest claim that is kept for policies, in UTF-16 code units. */
export const CLAIM_CHARACTERS = 1_024;

/**
 * Returns the named claims as text: those that policies read. A claim that the token does not have is left out.
 * @throws {Refusal} token_claims for a claim that is there and cannot be told: a list, an object, null, a fraction, an integer beyond 2^53 - 1,
 * an unpaired surrogate, more than CLAIM_CHARACTERS, a pointer's way through what is no object, or a claim that is kept elsewhere. Left out, it would
 * silence each forbid that reads it.
 */
export function claimsNamed(claims: Claims, names: readonly string[]): Readonly<Record<string, string>> {
  const present = names.filter((name) => valueAt(claims, name) !== undefined || isElsewhere(claims, name));
  return Object.fromEntries(present.map((name) => [name, toldText(claims, name)] as const));
}

function toldText(claims: Claims, name: string): string {
  const text = claimText(claims, name);
  if (text !== undefined && text.length <= CLAIM_CHARACTERS && text.isWellFormed()) return text;
  throw new Refusal("token_claims", {
    say: `Policies read the claim ${name}: it must be text of at most ${CLAIM_CHARACTERS} characters, a whole number, true or false, or not be there.`,
  });
}

/** Says whether the issuer left a claim out of the token and keeps it elsewhere (OpenID Connect Core 1.0, section 5.6.2). */
export function isElsewhere(claims: Claims, name: string): boolean {
  const names = own(claims, "_claim_names");
  return names !== undefined && (!isRecord(names) || own(names, name) !== undefined);
}

/** The claim as JSON gave it; undefined where the token does not have it. A name that starts with `/` is a pointer. */
export const valueAt = (claims: Claims, name: string): unknown =>
  name.startsWith("/") ? resolvePointer(claims, name) : own(claims, name);

/** Null where the way leads through something that is no object: it is there, and has no text. */
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
