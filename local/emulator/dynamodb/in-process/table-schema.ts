import type { AttributeValue, Item } from "../../table-change.ts";
import { invalid } from "./invalid.ts";
import { typeOf } from "./values.ts";

/** Attribute of a table's primary key. */
export interface KeyAttribute {
  readonly name: string;
  readonly type: "S" | "N" | "B";
}

export interface TableSchema {
  readonly partition: KeyAttribute;
  readonly sort?: KeyAttribute;
}

/** Values of one item's primary key. */
export interface PrimaryKey {
  readonly partition: AttributeValue;
  readonly sort?: AttributeValue;
}

export const keyNames = ({ partition, sort }: TableSchema): readonly string[] =>
  sort ? [partition.name, sort.name] : [partition.name];

/** Reads the key out of a whole item. @throws {ServiceError} ValidationException where a part is missing or of another type. */
export function keyOfItem(item: Item, { partition, sort }: TableSchema): PrimaryKey {
  const first = keyValue(item, partition);
  return sort ? { partition: first, sort: keyValue(item, sort) } : { partition: first };
}

/** Reads a call's key, which must have the key's attributes and no others. */
export function keyOfKey(given: Item, schema: TableSchema): PrimaryKey {
  if (Object.keys(given).length !== keyNames(schema).length)
    throw invalid("The provided key element does not match the schema");
  return keyOfItem(given, schema);
}

/** Attributes of the key alone. */
export const itemOfKey = ({ partition, sort }: TableSchema, key: PrimaryKey): Item => ({
  [partition.name]: key.partition,
  ...(sort && key.sort ? { [sort.name]: key.sort } : {}),
});

function keyValue(item: Item, { name, type }: KeyAttribute): AttributeValue {
  const value = Object.hasOwn(item, name) ? item[name] : undefined;
  if (value === undefined)
    throw invalid(`One or more parameter values were invalid: Missing the key ${name} in the item`);
  if (typeOf(value) !== type) throw invalid(`Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`);
  if (value[type] === "")
    throw invalid(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`,
    );
  return value;
}
