import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { Refusal } from "../../core/refusal.ts";
import { TABLE_KEYS } from "../../names.ts";
import { plainItem } from "./plain-item.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Attribute of an item that says in which form it was written. */
const FIELD = "v";

/** Form in which this version writes items (docs/upgrading.md). */
const WRITTEN = 1;

/** Forms that this version reads: without the attribute it is the first. A release that writes a new form comes after one that reads it. */
const READ: ReadonlySet<unknown> = new Set([undefined, WRITTEN]);

/** Says of an item in which form it is written. */
export const versioned = (item: Fields): Fields => ({ ...item, [FIELD]: WRITTEN });

/**
 * Reads a stored item. One of a form that this version does not know is void and never guessed: whatever depends on it is refused, since to take a halt or
 * a used token for absent would grant what they deny.
 * @throws {Refusal} store_unavailable
 */
export function readItem(stored: Record<string, AttributeValue>): Fields {
  const { [FIELD]: version, ...item } = plainItem(stored);
  if (!READ.has(version))
    throw new Refusal("store_unavailable", { why: "item of an unknown form", retryAfterSeconds: 1 });
  return item;
}

/** Fields to ask of an item, its form among them; all of them where none is named. */
export const withVersion = (only: readonly string[]): readonly string[] =>
  only.length === 0 ? only : [...only, FIELD];

/** Adds to a condition that the item is absent, or of the form that is written: no part of another one is changed. */
export const ofKnownVersion = (condition: string) => ({
  ConditionExpression: `(${condition}) AND (attribute_not_exists(#itemKey) OR attribute_not_exists(#itemForm) OR #itemForm = :itemForm)`,
  names: { "#itemKey": TABLE_KEYS.partition, "#itemForm": FIELD },
  values: { ":itemForm": { N: String(WRITTEN) } },
});
