/** A value as DynamoDB writes it on the wire. */
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

/** What the item counts for, in bytes: names and values. Source: DynamoDB developer guide, "item sizes and formats". */
export function itemBytes(item: WireItem): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += Buffer.byteLength(name) + valueBytes(value);
  return bytes;
}

function valueBytes({ S: text, N: number, L: list, M: map }: WireValue): number {
  if (text !== undefined) return Buffer.byteLength(text);
  if (number !== undefined) return numberBytes(number);
  // Three bytes for the list or map, and one for each of its elements.
  if (list) return 3 + list.reduce((bytes, value) => bytes + 1 + valueBytes(value), 0);
  if (map) return 3 + Object.keys(map).length + itemBytes(map);
  return 1;
}

/** About one byte for two significant digits, and one more. */
const numberBytes = (text: string): number =>
  1 +
  Math.ceil(
    text
      .replace(/^-/, "")
      .replace(".", "")
      .replace(/^0+|0+$/g, "").length / 2,
  );

/** One unit for each started KB of the larger of the item before and after; a transaction writes twice. */
export const writeUnits = (bytes: number, isTransaction: boolean): number =>
  Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES)) * (isTransaction ? 2 : 1);

/** One unit for each started 4 KB of all that a strong read returns. */
export const readUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES));
