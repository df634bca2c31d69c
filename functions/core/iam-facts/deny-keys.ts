import type { Fact } from "./fact.ts";

/** Condition key that statements of session policies compare, beside those of tags (`tags.ts`). */
interface DenyKey extends Fact {
  readonly key: string;
  /** False where IAM may evaluate a call without the key. */
  readonly isAlwaysThere: boolean;
}

const AVAILABILITY = '"AWS global condition context keys", IAM User Guide, "Availability"';

/**
 * Condition keys, and whether IAM has each of them for every call. A Deny must not depend on the presence of a key: a
 * positive line without its key is false, and the Deny then denies nothing.
 */
export const DENY_KEYS = {
  time: {
    key: "aws:CurrentTime",
    isAlwaysThere: true,
    source: `${AVAILABILITY}: always`,
    ifWrong: "a session works past its fence",
  },
  address: {
    key: "aws:SourceIp",
    isAlwaysThere: false,
    source: `${AVAILABILITY}: not where the requester uses a VPC endpoint`,
    ifWrong: "a session that is bound to an address works through a VPC endpoint",
  },
  byService: {
    key: "aws:ViaAWSService",
    isAlwaysThere: false,
    source: `${AVAILABILITY}: for most services; editions of the page name Amazon EC2, AWS Glue and AWS Lake Formation without`,
    ifWrong: "a session that is bound to an address works from elsewhere at these services",
  },
  account: {
    key: "aws:ResourceAccount",
    isAlwaysThere: false,
    source: `${AVAILABILITY}: not for the actions that the page lists`,
    ifWrong: "a Deny by the account denies nothing; session policies compare the account in Allows alone",
  },
} as const satisfies Readonly<Record<string, DenyKey>>;

/** Writes a line of a Deny that also holds where IAM lacks the key, by this table. A negated operator always does. */
export function denyLine(operator: string, { key, isAlwaysThere }: DenyKey, value: string) {
  const ifExists = isAlwaysThere || operator.includes("Not") ? "" : "IfExists";
  return { [`${operator}${ifExists}`]: { [key]: value } };
}
