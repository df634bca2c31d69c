import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";

/**
 * Reads a stored item as plain values. A number that JavaScript does not hold is rounded: by default the SDK throws at some of them and gives others as
 * `bigint`, at which JSON throws, so that one forged item would stop whoever reads it in a list or a stream.
 */
export const plainItem = (stored: Readonly<Record<string, AttributeValue>>): ReturnType<typeof unmarshall> =>
  unmarshall({ ...stored }, { wrapNumbers: Number });
