import { CONDITION_OPERATORS } from "../../../contract/names.ts";
import type { ConditionBlock } from "./detail.ts";

const OPERATORS: ReadonlySet<string> = new Set(CONDITION_OPERATORS);

/**
 * Keys that the compiler itself writes, and those of exceptions (`EXCEPTION_KEYS`). IAM would read a caller's value
 * beside the compiler's as an alternative.
 */
const RESERVED =
  /^(aws:ResourceAccount|aws:RequestedRegion|aws:CurrentTime|aws:SourceIp|aws:ViaAWSService|aws:PrincipalTag\/valetkey:.*|iam:PassedToService|ecs:cluster|aws:ResourceTag\/.*|s3(-outposts)?:ExistingObjectTag\/.*)$/i;

const KEY = /^[A-Za-z0-9-]+:[A-Za-z0-9_.:/=@+-]{1,128}$/;

/**
 * Parses an IAM condition block for an Allow. Every operator and key is one more requirement, so the block can only
 * narrow.
 * @returns the block, or a problem that completes "authorization_details[0].conditions ...".
 */
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
      if (RESERVED.test(key)) return { problem: `may not set ${key.toLowerCase()}, which valetkey itself sets` };
      // IAM compares keys without case, so two spellings are one key.
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

/**
 * True for printable text without policy variables. AWS would replace `${aws:username}` by a value that policy never
 * saw.
 */
const isPlain = (value: unknown): value is string =>
  typeof value === "string" && /^[\x20-\x23\x25-\x7e]{0,512}$/.test(value);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
