import type { Change, DynamoTable } from "../../functions/adapters/dynamodb/table/dynamo-table.ts";
import type { Item, Key } from "../../functions/adapters/dynamodb/table/raw-item.ts";
import { KINDS, type Kind, TABLE_KEYS } from "../../functions/names.ts";

/** Writes of a table by the kind of the item: whether a put gives the item a TTL, or an update sets one. */
export class TtlWatch {
  /** Kinds with an item that was put with a TTL, or got one. */
  readonly expiring = new Set<Kind>();
  /** Kinds with an item that was put without a TTL. */
  readonly lasting = new Set<Kind>();

  /** Watches the writes of a table from now on, and returns the table. */
  over(table: DynamoTable): DynamoTable {
    const { insert, write, putWrite, update, updateWrite } = table;
    table.insert = (key, item) => insert.call(table, key, this.#put(key, item));
    table.write = (key, item) => write.call(table, key, this.#put(key, item));
    table.putWrite = (name, key, item, where) => putWrite.call(table, name, key, this.#put(key, item), where);
    table.update = (key, change) => update.call(table, key, this.#changed(key, change));
    table.updateWrite = (name, key, change) => updateWrite.call(table, name, key, this.#changed(key, change));
    return table;
  }

  #put(key: Key, item: Item): Item {
    (item[TABLE_KEYS.ttl] === undefined ? this.lasting : this.expiring).add(kindOf(key));
    return item;
  }

  #changed(key: Key, change: Change): Change {
    if (Object.values(change.names).includes(TABLE_KEYS.ttl)) this.expiring.add(kindOf(key));
    return change;
  }
}

/** Returns the kind of an item by its partition. @throws {Error} for a partition of no kind. */
export function kindOf({ pk }: Pick<Key, "pk">): Kind {
  const kinds = Object.keys(KINDS) as readonly Kind[];
  const found = kinds.find((kind) => pk.startsWith(KINDS[kind]));
  if (!found) throw new Error(`${pk} is of no kind`);
  return found;
}
