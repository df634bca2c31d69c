/** Value in DynamoDB's wire format. */
export interface WireValue {
  readonly S?: string;
  readonly N?: string;
  readonly BOOL?: boolean;
  readonly NULL?: boolean;
  readonly L?: readonly WireValue[];
  readonly M?: WireItem;
}
export type WireItem = Readonly<Record<string, WireValue>>;

const WRITE_UNIT_BYTES = 1_024;
const READ_UNIT_BYTES = 4_096;

/** Computes an item's billed size, names and values; bytes. Source: "Item sizes and formats", DynamoDB Developer Guide. */
export function itemBytes(item: WireItem): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += Buffer.byteLength(name) + valueBytes(value);
  return bytes;
}

function valueBytes({ S: text, N: number, L: list, M: map }: WireValue): number {
  if (text !== undefined) return Buffer.byteLength(text);
  if (number !== undefined) return numberBytes(number);
  // A list or map counts three bytes, and one for each element.
  if (list) return 3 + list.reduce((bytes, value) => bytes + 1 + valueBytes(value), 0);
  if (map) return 3 + Object.keys(map).length + itemBytes(map);
  return 1;
}

/** Estimates a number's size: a byte for two significant digits, and one byte more. */
const numberBytes = (text: string): number =>
  1 +
  Math.ceil(
    text
      .replace(/^-/, "")
      .replace(".", "")
      .replace(/^0+|0+$/g, "").length / 2,
  );

/**
 * Computes write units: one for each started KB of the item, before or after the write, whichever is larger. A
 * transaction costs double.
 */
export const writeUnits = (bytes: number, isTransaction: boolean): number =>
  Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES)) * (isTransaction ? 2 : 1);

/** Computes read units: one for each started 4 KB of a strong read's result. */
export const readUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES));
