import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { TABLE_KEYS } from "../../../names.ts";
import { versioned } from "./item-version.ts";

export interface Key {
  readonly pk: string;
  readonly sk: string;
}
export type Item = Readonly<Record<string, unknown>>;

/** Item in DynamoDB's own JSON. */
type RawItem = Record<string, AttributeValue>;

export const MARSHALL = { removeUndefinedValues: true } as const;

export const keyOf = ({ pk, sk }: Key): RawItem => ({
  [TABLE_KEYS.partition]: { S: pk },
  [TABLE_KEYS.sort]: { S: sk },
});

/** Name of a raw item's key, for a map. */
export const nameOfKey = (item: Readonly<RawItem>): string =>
  JSON.stringify([item[TABLE_KEYS.partition]?.S, item[TABLE_KEYS.sort]?.S]);

export const itemOf = (key: Key, item: Item): RawItem => ({
  ...keyOf(key),
  ...marshall(versioned(item), MARSHALL),
});
