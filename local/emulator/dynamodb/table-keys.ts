import type { Item } from "../table-change.ts";
import type { DynamoBackends } from "./dynamo-backends.ts";

/** Names of the attributes that make a table's primary key, and of the partition keys of its indexes. */
export interface TableKeys {
  readonly partition: string;
  readonly sort?: string;
  readonly indexPartitions: ReadonlyMap<string, string>;
}

interface KeySchemaElement {
  readonly AttributeName: string;
  readonly KeyType: "HASH" | "RANGE";
}
interface TableDescription {
  readonly KeySchema: readonly KeySchemaElement[];
  readonly GlobalSecondaryIndexes?: readonly { IndexName: string; KeySchema: readonly KeySchemaElement[] }[];
  readonly LocalSecondaryIndexes?: readonly { IndexName: string; KeySchema: readonly KeySchemaElement[] }[];
}

/**
 * Key attributes of each table, by which the gate finds the items of a call; read from DynamoDB once for each table.
 */
export class KeyCatalogue {
  readonly #backends: DynamoBackends;
  readonly #known = new Map<string, TableKeys>();

  constructor(backends: DynamoBackends) {
    this.#backends = backends;
  }

  /** The table's keys, or undefined where there is no such table. */
  async of(account: string, table: string): Promise<TableKeys | undefined> {
    const known = this.#known.get(`${account}/${table}`);
    if (known) return known;
    const answer = await this.#backends.send(account, "DescribeTable", { TableName: table });
    if (answer.status !== 200) return undefined;
    const keys = keysOf((JSON.parse(answer.body) as { Table: TableDescription }).Table);
    this.#known.set(`${account}/${table}`, keys);
    return keys;
  }

  /** Forgets a table that was deleted or whose indexes changed. */
  forget(account: string, table: string): void {
    this.#known.delete(`${account}/${table}`);
  }
}

/** Selects the primary key's attributes of an item. */
export function keyOf(item: Item, keys: TableKeys): Item {
  const names = keys.sort === undefined ? [keys.partition] : [keys.partition, keys.sort];
  return Object.fromEntries(names.flatMap((name) => (item[name] ? [[name, item[name]]] : [])));
}

function keysOf(table: TableDescription): TableKeys {
  const attribute = (schema: readonly KeySchemaElement[], type: string): string | undefined =>
    schema.find((element) => element.KeyType === type)?.AttributeName;
  const indexes = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])];
  const sort = attribute(table.KeySchema, "RANGE");
  return {
    partition: attribute(table.KeySchema, "HASH") ?? "",
    ...(sort === undefined ? {} : { sort }),
    indexPartitions: new Map(indexes.map((index) => [index.IndexName, attribute(index.KeySchema, "HASH") ?? ""])),
  };
}
