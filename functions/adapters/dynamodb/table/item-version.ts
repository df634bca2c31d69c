import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { Refusal } from "../../../core/refusal.ts";
import { TABLE_KEYS } from "../../../names.ts";
import { plainItem } from "./plain-item.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Attribute with the form in which an item was written. */
const FIELD = "v";

/** Form in which this version writes items (docs/upgrading.md). */
const WRITTEN = 1;

/**
 * Forms that this version reads; an item without the attribute has the first form. A new form is read one release
 * before it is written.
 */
const READ: ReadonlySet<unknown> = new Set([undefined, WRITTEN]);

/** Adds the form to an item that is about to be written. */
export const versioned = (item: Fields): Fields => ({ ...item, [FIELD]: WRITTEN });

/**
 * Reads a stored item. Refuses an item of an unknown form, and never guesses its meaning. To treat a halt or a used
 * token as absent would grant what the item denies.
 * @throws {Refusal} store_unavailable
 */
export function readItem(stored: Record<string, AttributeValue>): Fields {
  const { [FIELD]: version, ...item } = plainItem(stored);
  if (!READ.has(version))
    throw new Refusal("store_unavailable", { why: "item of an unknown form", retryAfterSeconds: 1 });
  return item;
}

/** Adds the form to the requested fields of an item; an empty list requests all fields. */
export const withVersion = (only: readonly string[]): readonly string[] =>
  only.length === 0 ? only : [...only, FIELD];

/**
 * Adds to a condition, where there is one, that the item is absent, or has the form that this version writes. An item of another form is
 * never changed in part.
 */
export const ofKnownVersion = (condition: string | undefined) => ({
  ConditionExpression: `${condition === undefined ? "" : `(${condition}) AND `}(attribute_not_exists(#itemKey) OR attribute_not_exists(#itemForm) OR #itemForm = :itemForm)`,
  names: { "#itemKey": TABLE_KEYS.partition, "#itemForm": FIELD },
  values: { ":itemForm": { N: String(WRITTEN) } },
});
