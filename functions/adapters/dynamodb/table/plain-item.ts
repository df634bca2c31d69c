import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";

/**
 * Reads a stored item as plain values. Rounds a number that JavaScript cannot represent. By default the SDK throws at
 * some such numbers, and returns others as `bigint`, at which JSON throws. One forged item would then stop every reader
 * of its list or stream.
 */
export const plainItem = (stored: Readonly<Record<string, AttributeValue>>): ReturnType<typeof unmarshall> =>
  unmarshall({ ...stored }, { wrapNumbers: Number });
