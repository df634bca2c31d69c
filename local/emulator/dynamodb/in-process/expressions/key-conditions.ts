import type { AttributeValue } from "../../../table-change.ts";
import { invalid } from "../invalid.ts";
import type { TableSchema } from "../table-schema.ts";
import { compareValues } from "../values.ts";
import type { Cursor } from "./cursor.ts";

/** Part of a partition that a query reads: the sort keys for which `sort` is 0. */
export interface KeyRange {
  readonly partition: AttributeValue;
  /** Negative for sort keys before the range, positive for those after it. */
  readonly sort: (key: AttributeValue) => number;
}

type Place = KeyRange["sort"];
const EVERYWHERE: Place = () => 0;

/** Parses `partition = :value`, alone or with one condition on the sort key. */
export function parseKeyCondition(cursor: Cursor, { partition, sort }: TableSchema): KeyRange {
  const found = new Map<string, Place | { readonly equal: AttributeValue }>();
  do {
    const isParenthesised = cursor.takes("(");
    const [name, clause] = parseClause(cursor);
    if (found.has(name)) throw invalid("KeyConditionExpressions must only contain one condition per key");
    found.set(name, clause);
    if (isParenthesised) cursor.expect(")");
  } while (cursor.takes("AND"));
  cursor.end();
  const equal = found.get(partition.name);
  const range = sort ? found.get(sort.name) : undefined;
  if (equal === undefined) throw invalid(`Query condition missed key schema element: ${partition.name}`);
  if (found.size > (range ? 2 : 1)) throw invalid(`Query condition missed key schema element: ${sort?.name ?? ""}`);
  if (typeof equal === "function") throw invalid("Query key condition not supported");
  return { partition: equal.equal, sort: placeOf(range) };
}

function placeOf(range: Place | { readonly equal: AttributeValue } | undefined): Place {
  if (range === undefined) return EVERYWHERE;
  return typeof range === "function" ? range : (key) => order(key, range.equal);
}

function parseClause(cursor: Cursor): [name: string, clause: Place | { readonly equal: AttributeValue }] {
  if (cursor.takesCall(["begins_with"])) {
    const name = keyName(cursor);
    cursor.expect(",");
    const prefix = givenValue(cursor);
    cursor.expect(")");
    return [name, beginsWith(prefix)];
  }
  const name = keyName(cursor);
  if (cursor.takes("BETWEEN")) {
    const low = givenValue(cursor);
    cursor.expect("AND");
    const high = givenValue(cursor);
    if (order(low, high) > 0)
      throw invalid(
        "Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater than or equal to lower bound",
      );
    return [name, (key) => (order(key, low) < 0 ? -1 : order(key, high) > 0 ? 1 : 0)];
  }
  const comparator = cursor.takesOneOf(["=", "<=", ">=", "<", ">"]);
  if (comparator === undefined) throw invalid("Invalid KeyConditionExpression: Syntax error; expected a comparison");
  const value = givenValue(cursor);
  return [name, comparator === "=" ? { equal: value } : PLACES[comparator](value)];
}

const PLACES = {
  "<":
    (value: AttributeValue): Place =>
    (key) =>
      order(key, value) < 0 ? 0 : 1,
  "<=":
    (value: AttributeValue): Place =>
    (key) =>
      order(key, value) <= 0 ? 0 : 1,
  ">":
    (value: AttributeValue): Place =>
    (key) =>
      order(key, value) > 0 ? 0 : -1,
  ">=":
    (value: AttributeValue): Place =>
    (key) =>
      order(key, value) >= 0 ? 0 : -1,
} as const;

function beginsWith(prefix: AttributeValue): Place {
  const { S: text } = prefix;
  if (text === undefined) throw invalid("Invalid KeyConditionExpression: begins_with takes a string");
  return (key) => (key.S?.startsWith(text) ? 0 : order(key, prefix));
}

function keyName(cursor: Cursor): string {
  const path = cursor.path();
  if (path.length > 1) throw invalid("KeyConditionExpressions cannot have conditions on nested attributes");
  return path[0] ?? "";
}

function givenValue(cursor: Cursor): AttributeValue {
  const value = cursor.takesValue();
  if (value === undefined) throw invalid("Invalid KeyConditionExpression: Syntax error; expected a value");
  return value;
}

function order(a: AttributeValue, b: AttributeValue): number {
  const compared = compareValues(a, b);
  if (compared === undefined)
    throw invalid("One or more parameter values were invalid: Condition parameter type does not match schema type");
  return compared;
}
