import type { AttributeValue, Item } from "../../table-change.ts";
import { compareNumbers, readNumber } from "./decimal.ts";
import { invalid } from "./invalid.ts";

export type Type = keyof AttributeValue;

/** Upper bound on an item; bytes. */
const ITEM_BYTES = 400 * 1_024;

/** Reads an item or a key. @throws {ServiceError} for values that DynamoDB refuses. */
export function readItem(given: unknown): Item {
  if (!isObject(given)) throw invalid("An item must be a map of attribute values");
  const item: Item = Object.create(null);
  for (const [name, value] of Object.entries(given)) item[name] = readValue(value);
  return item;
}

/** Reads one value, and normalises its numbers. @throws {ServiceError} for values that DynamoDB refuses. */
export function readValue(given: unknown): AttributeValue {
  const entries = isObject(given) ? Object.entries(given) : [];
  const [[type, value] = ["", undefined], ...others] = entries;
  if (entries.length === 0)
    throw invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  if (others.length > 0)
    throw invalid(
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
    );
  const read = Object.hasOwn(READERS, type) ? READERS[type as Type](value) : undefined;
  if (read === undefined) throw invalid(`An attribute value of type ${type} is malformed`);
  return read;
}

const READERS: Readonly<Record<Type, (value: unknown) => AttributeValue | undefined>> = {
  S: (value) => (typeof value === "string" ? { S: value } : undefined),
  N: (value) => (typeof value === "string" ? { N: readNumber(value) } : undefined),
  B: (value) => (typeof value === "string" ? { B: value } : undefined),
  BOOL: (value) => (typeof value === "boolean" ? { BOOL: value } : undefined),
  NULL: (value) => (value === true ? { NULL: value } : undefined),
  SS: (value) => readSet(value, (SS) => ({ SS })),
  NS: (value) => readSet(value, (texts) => ({ NS: texts.map(readNumber) })),
  BS: (value) => readSet(value, (BS) => ({ BS })),
  L: (value) => (Array.isArray(value) ? { L: value.map(readValue) } : undefined),
  M: (value) => ({ M: readItem(value) }),
};

function readSet(value: unknown, make: (texts: string[]) => AttributeValue): AttributeValue | undefined {
  if (!Array.isArray(value) || value.length === 0 || !value.every((each) => typeof each === "string")) return undefined;
  const set = make(value);
  const members = membersOf(set) ?? [];
  return new Set(members).size === members.length ? set : undefined;
}

export const typeOf = (value: AttributeValue): Type => Object.keys(value)[0] as Type;

/** Members of a set, each as text; undefined for other values. */
export const membersOf = (value: AttributeValue): string[] | undefined => value.SS ?? value.NS ?? value.BS;

/** Text that is the same for equal values. */
export function identityOf(value: AttributeValue): string {
  return JSON.stringify(value, (_name, each: unknown) => {
    if (!isObject(each)) return each;
    const set = membersOf(each as AttributeValue);
    const isSet = Array.isArray(set) && Object.keys(each).length === 1;
    return isSet ? { [Object.keys(each)[0] ?? ""]: [...set].sort() } : inOrder(each);
  });
}

/** Compares two values of one orderable type (S, N, B); undefined for all others. */
export function compareValues(a: AttributeValue, b: AttributeValue): number | undefined {
  if (a.S !== undefined && b.S !== undefined) return compareText(a.S, b.S);
  if (a.N !== undefined && b.N !== undefined) return compareNumbers(a.N, b.N);
  if (a.B !== undefined && b.B !== undefined)
    return Buffer.compare(Buffer.from(a.B, "base64"), Buffer.from(b.B, "base64"));
  return undefined;
}

/** Compares texts by their UTF-8 bytes. The order is that of code points, and differs from JavaScript's `<`. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (left !== right) return isSurrogate(left) === isSurrogate(right) ? left - right : isSurrogate(left) ? 1 : -1;
  }
  return a.length - b.length;
}

/**
 * Size of an item, roughly as DynamoDB counts it: names and texts in UTF-8, some bytes for other values.
 * @throws {ServiceError} over 400 KB.
 */
export function sizeOf(item: Item): number {
  const bytes = mapBytes(item);
  if (bytes > ITEM_BYTES) throw invalid("Item size has exceeded the maximum allowed size");
  return bytes;
}

const mapBytes = (map: Item): number =>
  Object.entries(map).reduce((bytes, [name, value]) => bytes + Buffer.byteLength(name) + valueBytes(value), 0);

function valueBytes(value: AttributeValue): number {
  const { S: text, N: number, B: binary, M: map, L: list } = value;
  if (text !== undefined) return Buffer.byteLength(text);
  if (number !== undefined) return Math.ceil(number.length / 2) + 1;
  if (binary !== undefined) return Buffer.byteLength(binary, "base64");
  if (map) return 3 + mapBytes(map) + Object.keys(map).length;
  if (list) return 3 + list.reduce((bytes, each) => bytes + valueBytes(each) + 1, 0);
  return (membersOf(value) ?? [""]).reduce((bytes, each) => bytes + Buffer.byteLength(each), 1);
}

const inOrder = (value: object): object =>
  Array.isArray(value) ? value : Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
/** True for halves of code points beyond U+FFFF, which come after U+E000 to U+FFFF in UTF-8. */
const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;
