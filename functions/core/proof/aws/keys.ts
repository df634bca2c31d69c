/**
 * Open conditions that IAM has a key for the call. The proof's own reading of the "Availability" of each key, "AWS
 * global condition context keys", IAM User Guide, apart from the compiler's table (`functions/core/iam-facts`). A Deny
 * that compares such a key without `IfExists` may not hold.
 */
const MAY_BE_MISSING = ["aws:ResourceAccount", "aws:ViaAWSService"] as const;

/** Returns the name of the open condition. AWS lists actions and services without the key, and the lists change. */
export const keyIsKnown = (key: (typeof MAY_BE_MISSING)[number]): string => `that IAM is told ${key}`;

/** Open conditions under which IAM has every key of a call. */
export const ALL_KEYS_KNOWN: readonly string[] = MAY_BE_MISSING.map(keyIsKnown);
