/** The payload of a token, as JSON gave it. */
export type Claims = Readonly<Record<string, unknown>>;

/**
 * The claim's value as a string, or nothing. A name that starts with `/` is an RFC 6901 pointer
 * (`/kubernetes.io/namespace`, `/https:~1~1sts.amazonaws.com~1/aws_account`); objects and arrays are never equal to anything.
 */
export function claimText(claims: Claims, name: string): string | undefined {
  const value = name.startsWith("/") ? resolvePointer(claims, name) : own(claims, name);
  if (typeof value === "string") return value;
  // Only integers have one spelling; 1.0 and 1 are the same number in JSON, and a boolean is `true` or `false`.
  if (typeof value === "boolean" || Number.isSafeInteger(value)) return String(value);
  return undefined;
}

/** The named claims that are there, as far as they are short enough to be kept: those that policies read. */
export const claimsNamed = (claims: Claims, names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const text = claimText(claims, name);
      return text === undefined || text.length > CLAIM_CHARACTERS ? [] : [[name, text] as const];
    }),
  );

const CLAIM_CHARACTERS = 256;

function resolvePointer(claims: Claims, pointer: string): unknown {
  const steps = pointer
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return steps.reduce<unknown>((value, step) => (isRecord(value) ? own(value, step) : undefined), claims);
}

const own = (record: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(record, name) ? record[name] : undefined;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
