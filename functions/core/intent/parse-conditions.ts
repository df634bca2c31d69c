import type { ConditionBlock } from "./detail.ts";

/** Operators whose meaning is known to narrow. `...IfExists` and `ForAllValues:` also hold where the key is missing: not offered. */
const OPERATORS = new Set([
  "StringEquals",
  "StringNotEquals",
  "StringEqualsIgnoreCase",
  "StringLike",
  "StringNotLike",
  "NumericEquals",
  "NumericLessThan",
  "NumericLessThanEquals",
  "NumericGreaterThan",
  "NumericGreaterThanEquals",
  "DateLessThan",
  "DateLessThanEquals",
  "DateGreaterThan",
  "DateGreaterThanEquals",
  "Bool",
  "IpAddress",
  "ArnLike",
  "ArnEquals",
  "ForAnyValue:StringEquals",
  "ForAnyValue:StringLike",
]);

/** Keys that the compiler itself writes; a caller's value beside ours would be OR-ed with it. */
const OURS =
  /^(aws:ResourceAccount|aws:RequestedRegion|aws:CurrentTime|aws:SourceIp|aws:ViaAWSService|aws:ResourceTag\/.*|s3(-outposts)?:ExistingObjectTag\/.*)$/i;

const KEY = /^[A-Za-z0-9-]+:[A-Za-z0-9_.:/=@+-]{1,128}$/;

/** An IAM condition block for an Allow: every operator and key is one more thing that must hold, so it can only narrow. */
export function parseConditions(value: unknown): { readonly block: ConditionBlock } | { readonly problem: string } {
  if (!isRecord(value) || Object.keys(value).length === 0) return { problem: "must be an IAM condition block" };
  const block: Record<string, Record<string, readonly string[]>> = {};
  for (const [operator, keys] of Object.entries(value)) {
    if (!OPERATORS.has(operator)) return { problem: `may use these operators: ${[...OPERATORS].join(", ")}` };
    if (!isRecord(keys) || Object.keys(keys).length === 0)
      return { problem: `must give each operator an object of condition keys` };
    const seen = new Set<string>();
    const entries: Record<string, readonly string[]> = {};
    for (const [key, raw] of Object.entries(keys)) {
      if (!KEY.test(key)) return { problem: "has a condition key that is not of the form service:Key" };
      if (OURS.test(key)) return { problem: `may not set ${key.toLowerCase()}, which valetkey itself sets` };
      // IAM reads keys without case, so two spellings are one key.
      if (seen.has(key.toLowerCase())) return { problem: "names one condition key twice" };
      seen.add(key.toLowerCase());
      const values = Array.isArray(raw) ? raw : [raw];
      if (values.length === 0 || values.length > 20) return { problem: "must give each condition key 1 to 20 values" };
      if (!values.every(isPlain))
        return { problem: "must have values that are printable strings of at most 512 characters without $" };
      entries[key] = values;
    }
    block[operator] = entries;
  }
  return { block };
}

/** No policy variables: `${aws:username}` would be filled in by AWS with something that policy here never saw. */
const isPlain = (value: unknown): value is string =>
  typeof value === "string" && /^[\x20-\x23\x25-\x7e]{0,512}$/.test(value);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
