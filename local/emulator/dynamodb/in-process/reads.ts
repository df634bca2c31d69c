import type { Item } from "../../table-change.ts";
import { parseCondition } from "./expressions/conditions.ts";
import { Cursor } from "./expressions/cursor.ts";
import { type KeyRange, parseKeyCondition } from "./expressions/key-conditions.ts";
import { projected, requireApart } from "./expressions/paths.ts";
import { Placeholders } from "./expressions/placeholders.ts";
import { invalid } from "./invalid.ts";
import { Members } from "./members.ts";
import type { Stored, Table } from "./table.ts";
import { itemOfKey, keyNames, keyOfKey, type PrimaryKey } from "./table-schema.ts";
import type { Tables } from "./tables.ts";
import { identityOf } from "./values.ts";

/** Bytes of items after which a page ends. */
const PAGE_BYTES = 1_048_576;

const ONE = ["TableName", "Key", "ProjectionExpression", "ExpressionAttributeNames"] as const;
const MANY = [
  "TableName",
  "ConsistentRead",
  "ProjectionExpression",
  "FilterExpression",
  "ExpressionAttributeNames",
  "ExpressionAttributeValues",
  "Limit",
  "ExclusiveStartKey",
] as const;

/** Read of one item, before it is done. */
export interface Read {
  readonly table: Table;
  readonly key: PrimaryKey;
  readonly answer: () => object;
}

export const getItem = (input: unknown, tables: Tables): object =>
  readOne(new Members(input, [...ONE, "ConsistentRead"]), tables).answer();

/** Reads a part of TransactGetItems. */
export const readGetPart = (part: unknown, tables: Tables): Read =>
  readOne(new Members(new Members(part, ["Get"]).part("Get"), ONE), tables);

function readOne(members: Members, tables: Tables): Read {
  const table = tables.get(members.requiredText("TableName"));
  const placeholders = new Placeholders(members);
  const project = readProjection(members, placeholders);
  placeholders.requireUsed();
  const key = keyOfKey(members.item("Key"), table.schema);
  const answer = (): object => {
    const item = table.get(key);
    return item ? { Item: project(item) } : {};
  };
  return { table, key, answer };
}

export function query(input: unknown, tables: Tables): object {
  const members = new Members(input, [...MANY, "KeyConditionExpression", "ScanIndexForward"]);
  const isForward = members.flag("ScanIndexForward") ?? true;
  const expression = members.requiredText("KeyConditionExpression");
  return readMany(members, tables, (table, placeholders) => {
    const range = parseKeyCondition(new Cursor(expression, "KeyConditionExpression", placeholders), table.schema);
    return (after) => table.inRange(range, isForward, requireInside(after, range));
  });
}

export const scan = (input: unknown, tables: Tables): object =>
  readMany(new Members(input, MANY), tables, (table) => (after) => table.all(after));

type Source = (after: PrimaryKey | undefined) => Iterable<Stored>;

function readMany(
  members: Members,
  tables: Tables,
  sourceOf: (table: Table, placeholders: Placeholders) => Source,
): object {
  const table = tables.get(members.requiredText("TableName"));
  const placeholders = new Placeholders(members);
  const source = sourceOf(table, placeholders);
  const isWanted = readFilter(
    members,
    placeholders,
    members.has("KeyConditionExpression") ? keyNames(table.schema) : [],
  );
  const project = readProjection(members, placeholders);
  placeholders.requireUsed();
  const after = members.has("ExclusiveStartKey")
    ? keyOfKey(members.item("ExclusiveStartKey"), table.schema)
    : undefined;
  const { read, last } = onePage(source(after), members.count("Limit") ?? Number.POSITIVE_INFINITY);
  const items = read.filter(isWanted).map(project);
  return {
    Items: items,
    Count: items.length,
    ScannedCount: read.length,
    ...(last ? { LastEvaluatedKey: itemOfKey(table.schema, last) } : {}),
  };
}

/**
 * Reads items until there are `most`, or until they fill a page.
 * @returns `last`: the key after which the next page begins; absent where the items came to an end first.
 */
function onePage(
  source: Iterable<Stored>,
  most: number,
): { readonly read: readonly Item[]; readonly last?: PrimaryKey } {
  const read: Item[] = [];
  let bytes = 0;
  for (const stored of source) {
    read.push(stored.item);
    bytes += stored.bytes;
    if (read.length >= most || bytes >= PAGE_BYTES) return { read, last: stored.key };
  }
  return { read };
}

function requireInside(after: PrimaryKey | undefined, range: KeyRange): PrimaryKey | undefined {
  if (after && identityOf(after.partition) !== identityOf(range.partition))
    throw invalid("The provided starting key is outside query boundaries based on provided conditions");
  return after;
}

/** @param keys attributes that a query's filter may not name. */
function readFilter(members: Members, placeholders: Placeholders, keys: readonly string[]): (item: Item) => boolean {
  const expression = members.text("FilterExpression");
  if (expression === undefined) return () => true;
  const cursor = new Cursor(expression, "FilterExpression", placeholders);
  const condition = parseCondition(cursor);
  const key = keys.find((name) => cursor.attributes.has(name));
  if (key !== undefined)
    throw invalid(`Filter Expression can only contain non-primary key attributes: Primary key attribute: ${key}`);
  return condition;
}

function readProjection(members: Members, placeholders: Placeholders): (item: Item) => Item {
  const expression = members.text("ProjectionExpression");
  if (expression === undefined) return (item) => item;
  const cursor = new Cursor(expression, "ProjectionExpression", placeholders);
  const paths = cursor.list(() => cursor.path());
  cursor.end();
  requireApart(paths, "ProjectionExpression");
  return (item) => projected(item, paths);
}
