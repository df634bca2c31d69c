import type { Item } from "../../table-change.ts";
import { invalid } from "./invalid.ts";
import { Members } from "./members.ts";
import { readGetPart } from "./reads.ts";
import type { Table } from "./table.ts";
import { keyOfItem, keyOfKey, type PrimaryKey } from "./table-schema.ts";
import type { Tables } from "./tables.ts";
import { requireDifferentItems } from "./transactions.ts";

const MOST_READ = 100;
const MOST_WRITTEN = 25;
const DOUBLED = "Provided list of item keys contains duplicates";

interface Place {
  readonly table: Table;
  readonly key: PrimaryKey;
}

export function batchGet(input: unknown, tables: Tables): object {
  const wanted = tablesOf(input).flatMap(([name, part]): Place[] => {
    const table = tables.get(name);
    const keys = new Members(part, ["Keys", "ConsistentRead"]).parts("Keys", MOST_READ);
    return keys.map((key) => ({ table, key: keyOfKey(new Members({ key }, ["key"]).item("key"), table.schema) }));
  });
  requireFew(wanted, MOST_READ);
  requireDifferentItems(wanted, DOUBLED);
  const responses: Record<string, Item[]> = {};
  for (const { table, key } of wanted) {
    responses[table.name] ??= [];
    const item = table.get(key);
    if (item) responses[table.name]?.push(item);
  }
  return { Responses: responses, UnprocessedKeys: {} };
}

export function batchWrite(input: unknown, tables: Tables): object {
  const writes = tablesOf(input).flatMap(([name, parts]): (Place & { perform(): void })[] => {
    const table = tables.get(name);
    return new Members({ parts }, ["parts"]).parts("parts", MOST_WRITTEN).map((part) => readWrite(part, table));
  });
  requireFew(writes, MOST_WRITTEN);
  requireDifferentItems(writes, DOUBLED);
  for (const write of writes) write.perform();
  return { UnprocessedItems: {} };
}

export function transactGet(input: unknown, tables: Tables): object {
  const parts = new Members(input, ["TransactItems"]).parts("TransactItems", MOST_READ);
  const reads = parts.map((part) => readGetPart(part, tables));
  requireDifferentItems(reads);
  return { Responses: reads.map(({ answer }) => answer()) };
}

function readWrite(part: unknown, table: Table): Place & { perform(): void } {
  const members = new Members(part, ["PutRequest", "DeleteRequest"]);
  if (members.has("PutRequest") === members.has("DeleteRequest"))
    throw invalid("Supplied AttributeValue has more than one request set, must contain exactly one");
  if (members.has("DeleteRequest")) {
    const key = keyOfKey(new Members(members.part("DeleteRequest"), ["Key"]).item("Key"), table.schema);
    return { table, key, perform: () => table.delete(key) };
  }
  const item = new Members(members.part("PutRequest"), ["Item"]).item("Item");
  const stored = table.stored(item);
  return { table, key: keyOfItem(item, table.schema), perform: () => table.put(stored) };
}

function tablesOf(input: unknown): readonly (readonly [string, unknown])[] {
  const tables = new Members(input, ["RequestItems"]).entries("RequestItems");
  if (tables.length === 0) throw invalid("The batch requires at least one table");
  return tables;
}

function requireFew(all: readonly Place[], most: number): void {
  if (all.length > most) throw invalid(`Too many items requested for the batch: more than ${most}`);
}
