import { ServiceError } from "../../service-error.ts";
import type { Item } from "../../table-change.ts";
import { type Condition, parseCondition } from "./expressions/conditions.ts";
import { Cursor } from "./expressions/cursor.ts";
import { Placeholders } from "./expressions/placeholders.ts";
import { parseUpdate, type Update } from "./expressions/updates.ts";
import { invalid } from "./invalid.ts";
import { Members } from "./members.ts";
import type { Table } from "./table.ts";
import { itemOfKey, keyNames, keyOfItem, keyOfKey, type PrimaryKey } from "./table-schema.ts";
import type { Tables } from "./tables.ts";

/** Write of one item, with parsed and checked input; the item itself is not read yet. */
export interface Write {
  readonly table: Table;
  readonly key: PrimaryKey;
  /** Item as it is now. */
  before(): Item | undefined;
  /**
   * Checks the condition on the current item. @returns the write, ready to be performed, which cannot fail.
   * @throws {ServiceError} ConditionalCheckFailedException, ValidationException.
   */
  prepare(): Prepared;
}

export interface Prepared {
  readonly after: Item | undefined;
  perform(): void;
}

type Kind = "Put" | "Update" | "Delete" | "ConditionCheck";

const ON_CONDITION = [
  "TableName",
  "ConditionExpression",
  "ExpressionAttributeNames",
  "ExpressionAttributeValues",
  "ReturnValuesOnConditionCheckFailure",
] as const;
const KNOWN: Readonly<Record<Kind, readonly string[]>> = {
  Put: [...ON_CONDITION, "Item"],
  Update: [...ON_CONDITION, "Key", "UpdateExpression"],
  Delete: [...ON_CONDITION, "Key"],
  ConditionCheck: [...ON_CONDITION, "Key"],
};

/** Performs a write by itself. @returns the operation's answer. */
export function performWrite(kind: "Put" | "Update" | "Delete", input: unknown, tables: Tables): object {
  const members = new Members(input, [...KNOWN[kind], "ReturnValues"]);
  const returned = members.choice("ReturnValues", ["NONE", "ALL_OLD", ...(kind === "Update" ? ["ALL_NEW"] : [])]);
  const write = readWrite(kind, members, tables);
  const before = write.before();
  const { after, perform } = write.prepare();
  perform();
  const attributes = { NONE: undefined, ALL_OLD: before, ALL_NEW: after }[returned];
  return attributes ? { Attributes: attributes } : {};
}

/** Reads a part of a transaction. */
export function readPart(part: unknown, tables: Tables): Write {
  const kinds = Object.keys(KNOWN) as Kind[];
  const members = new Members(part, kinds);
  const [kind, ...others] = kinds.filter((each) => members.has(each));
  if (kind === undefined || others.length > 0)
    throw invalid("TransactItems can only contain one of Check, Put, Update or Delete");
  const input = new Members(members.part(kind), KNOWN[kind]);
  if (kind === "ConditionCheck") input.requiredText("ConditionExpression");
  return readWrite(kind, input, tables);
}

function readWrite(kind: Kind, members: Members, tables: Tables): Write {
  const table = tables.get(members.requiredText("TableName"));
  const placeholders = new Placeholders(members);
  const condition = readCondition(members, placeholders);
  const change = readChange(kind, members, table, placeholders);
  placeholders.requireUsed();
  const returnsItem = members.choice("ReturnValuesOnConditionCheckFailure", ["NONE", "ALL_OLD"]) === "ALL_OLD";
  const { key } = change;
  const before = (): Item | undefined => table.get(key);
  return {
    table,
    key,
    before,
    prepare: () => {
      const item = before();
      if (!condition(item ?? {})) throw conditionFailed(returnsItem ? item : undefined);
      return kind === "ConditionCheck" ? { after: item, perform: () => undefined } : prepared(change, item, table);
    },
  };
}

/** Next state of the item; undefined where it is removed. */
interface Change {
  readonly key: PrimaryKey;
  readonly after: (before: Item | undefined) => Item | undefined;
}

function prepared({ key, after }: Change, before: Item | undefined, table: Table): Prepared {
  const item = after(before);
  if (item === undefined) return { after: item, perform: () => table.delete(key) };
  const stored = table.stored(item);
  return { after: item, perform: () => table.put(stored) };
}

function readChange(kind: Kind, members: Members, table: Table, placeholders: Placeholders): Change {
  const { schema } = table;
  if (kind === "Put") {
    const item = members.item("Item");
    return { key: keyOfItem(item, schema), after: () => item };
  }
  const key = keyOfKey(members.item("Key"), schema);
  if (kind !== "Update") return { key, after: () => undefined };
  const update = readUpdate(members, keyNames(schema), placeholders);
  return { key, after: (before) => update(before ?? itemOfKey(schema, key)) };
}

function readCondition(members: Members, placeholders: Placeholders): Condition {
  const expression = members.text("ConditionExpression");
  if (expression === undefined) return () => true;
  return parseCondition(new Cursor(expression, "ConditionExpression", placeholders));
}

function readUpdate(members: Members, keys: readonly string[], placeholders: Placeholders): Update {
  const expression = members.text("UpdateExpression");
  if (expression === undefined) return (item) => item;
  return parseUpdate(new Cursor(expression, "UpdateExpression", placeholders), keys);
}

const conditionFailed = (item: Item | undefined): ServiceError =>
  new ServiceError(
    "ConditionalCheckFailedException",
    "The conditional request failed",
    400,
    item ? { Item: item } : {},
  );
