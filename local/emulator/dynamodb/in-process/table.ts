import type { AttributeValue, Item } from "../../table-change.ts";
import type { KeyRange } from "./expressions/key-conditions.ts";
import { SortedList } from "./sorted-list.ts";
import { keyOfItem, type PrimaryKey, type TableSchema } from "./table-schema.ts";
import { compareValues, sizeOf } from "./values.ts";

/** Item with its size in bytes. The item is never changed: a write replaces it. */
export interface Stored {
  readonly key: PrimaryKey;
  readonly item: Item;
  readonly bytes: number;
}

interface Partition {
  readonly key: AttributeValue;
  readonly items: SortedList<AttributeValue, Stored>;
}

/** Sort key of every item in a table without sort keys. */
const ALONE: AttributeValue = { S: "" };

/** Items of one table, in the order of their keys. */
export class Table {
  readonly name: string;
  readonly schema: TableSchema;
  readonly createdAtMs: number;
  readonly #partitions = new SortedList<AttributeValue, Partition>(({ key }) => key, order);

  constructor(name: string, schema: TableSchema, createdAtMs: number) {
    this.name = name;
    this.schema = schema;
    this.createdAtMs = createdAtMs;
  }

  get(key: PrimaryKey): Item | undefined {
    return this.#partitions.get(key.partition)?.items.get(sortOf(key))?.item;
  }

  /**
   * Prepares an item for a put.
   * @throws {ServiceError} ValidationException for an item without its key, or too large.
   */
  stored(item: Item): Stored {
    return { key: keyOfItem(item, this.schema), item, bytes: sizeOf(item) };
  }

  put(stored: Stored): void {
    let partition = this.#partitions.get(stored.key.partition);
    if (!partition) {
      partition = { key: stored.key.partition, items: new SortedList(({ key }) => sortOf(key), order) };
      this.#partitions.put(partition);
    }
    partition.items.put(stored);
  }

  delete(key: PrimaryKey): void {
    const partition = this.#partitions.get(key.partition);
    partition?.items.delete(sortOf(key));
    if (partition?.items.length === 0) this.#partitions.delete(key.partition);
  }

  /** Yields the items of a range, in order or in reverse. @param after key after which to begin. */
  *inRange(range: KeyRange, isForward: boolean, after: PrimaryKey | undefined): Generator<Stored> {
    const items = this.#partitions.get(range.partition)?.items;
    if (!items) return;
    const step = isForward ? 1 : -1;
    const start = isForward ? 0 : items.length - 1;
    const next = after && (isForward ? items.firstAfter(sortOf(after)) : items.firstFrom(sortOf(after)) - 1);
    for (let index = next ?? start; index >= 0 && index < items.length; index += step) {
      const stored = items.at(index);
      if (stored && range.sort(sortOf(stored.key)) === 0) yield stored;
    }
  }

  /** Yields every item. @param after key after which to begin. */
  *all(after: PrimaryKey | undefined): Generator<Stored> {
    const first = after ? this.#partitions.firstFrom(after.partition) : 0;
    for (let index = first; index < this.#partitions.length; index += 1) {
      const partition = this.#partitions.at(index);
      if (!partition) return;
      const isFirst = after !== undefined && order(partition.key, after.partition) === 0;
      for (let at = isFirst ? partition.items.firstAfter(sortOf(after)) : 0; at < partition.items.length; at += 1) {
        const stored = partition.items.at(at);
        if (stored) yield stored;
      }
    }
  }
}

const sortOf = (key: PrimaryKey): AttributeValue => key.sort ?? ALONE;
/** Compares two keys of a table, which have one type and therefore an order. */
const order = (a: AttributeValue, b: AttributeValue): number => compareValues(a, b) ?? 0;
