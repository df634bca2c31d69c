import type { AttributeValue, Item } from "../../../table-change.ts";
import { addNumbers, subtractNumbers } from "../decimal.ts";
import { invalid } from "../invalid.ts";
import { membersOf, typeOf } from "../values.ts";
import type { Cursor } from "./cursor.ts";
import { type Path, requireApart, valueAt, withValueAt } from "./paths.ts";

/**
 * Makes the item that results from an update.
 * @throws {ServiceError} ValidationException where the item does not fit the update.
 */
export type Update = (item: Item) => Item;

/** A value to set, computed from the item before the update; undefined removes the value. */
interface Step {
  readonly path: Path;
  readonly value: (before: Item) => AttributeValue | undefined;
}

const SECTIONS = ["SET", "REMOVE", "ADD", "DELETE"] as const;
const FUNCTIONS = ["if_not_exists", "list_append"] as const;

/** Parses an update expression. @param keys names of the key's attributes, which no update may change. */
export function parseUpdate(cursor: Cursor, keys: readonly string[]): Update {
  const steps = new Map<(typeof SECTIONS)[number], Step[]>();
  while (!cursor.isAtEnd) {
    const section = SECTIONS.find((each) => cursor.takes(each));
    if (section === undefined)
      throw invalid("Invalid UpdateExpression: Syntax error; expected SET, REMOVE, ADD or DELETE");
    if (steps.has(section))
      throw invalid(
        `Invalid UpdateExpression: The "${section}" section can only be used once in an update expression;`,
      );
    steps.set(
      section,
      cursor.list(() => PARSERS[section](cursor)),
    );
  }
  const all = SECTIONS.flatMap((section) => steps.get(section) ?? []);
  requireApart(
    all.map(({ path }) => path),
    "UpdateExpression",
  );
  for (const { path } of all)
    if (keys.includes(path[0] ?? ""))
      throw invalid(`Cannot update attribute ${path[0]}. This attribute is part of the key`);
  return (before) => all.reduce((item, { path, value }) => withValueAt(item, path, value(before)), before);
}

const PARSERS = {
  SET: (cursor: Cursor): Step => {
    const path = cursor.path();
    cursor.expect("=");
    return { path, value: parseValue(cursor) };
  },
  REMOVE: (cursor: Cursor): Step => ({ path: cursor.path(), value: () => undefined }),
  ADD: (cursor: Cursor): Step => {
    const [path, added] = [cursor.path(), literal(cursor)];
    if (added.N === undefined && !membersOf(added)) throw wrongOperand("ADD", added);
    return {
      path,
      value: (before) => {
        const present = valueAt(before, path);
        if (present === undefined) return added;
        if (typeOf(present) !== typeOf(added)) throw mismatch();
        if (present.N !== undefined && added.N !== undefined) return { N: addNumbers(present.N, added.N) };
        return setOf(present, [...new Set([...members(present), ...members(added)])]);
      },
    };
  },
  DELETE: (cursor: Cursor): Step => {
    const [path, removed] = [cursor.path(), literal(cursor)];
    if (!membersOf(removed)) throw wrongOperand("DELETE", removed);
    return {
      path,
      value: (before) => {
        const present = valueAt(before, path);
        if (present === undefined) return undefined;
        if (typeOf(present) !== typeOf(removed)) throw mismatch();
        const left = members(present).filter((each) => !members(removed).includes(each));
        return left.length === 0 ? undefined : setOf(present, left);
      },
    };
  },
} as const;

type Value = (before: Item) => AttributeValue;

function parseValue(cursor: Cursor): Value {
  const left = parseOperand(cursor);
  const operator = cursor.takesOneOf(["+", "-"]);
  if (operator === undefined) return left;
  const right = parseOperand(cursor);
  const compute = operator === "+" ? addNumbers : subtractNumbers;
  return (before) => {
    const [a, b] = [left(before), right(before)];
    if (a.N === undefined || b.N === undefined) throw mismatch();
    return { N: compute(a.N, b.N) };
  };
}

function parseOperand(cursor: Cursor): Value {
  const called = cursor.takesCall(FUNCTIONS);
  if (called === "if_not_exists") return parseFallback(cursor);
  if (called === "list_append") return parseAppend(cursor);
  const given = cursor.takesValue();
  if (given) return () => given;
  const path = cursor.path();
  return (before) => {
    const value = valueAt(before, path);
    if (value === undefined)
      throw invalid("The provided expression refers to an attribute that does not exist in the item");
    return value;
  };
}

function parseFallback(cursor: Cursor): Value {
  const path = cursor.path();
  cursor.expect(",");
  const fallback = parseOperand(cursor);
  cursor.expect(")");
  return (before) => valueAt(before, path) ?? fallback(before);
}

function parseAppend(cursor: Cursor): Value {
  const first = parseOperand(cursor);
  cursor.expect(",");
  const second = parseOperand(cursor);
  cursor.expect(")");
  return (before) => {
    const [a, b] = [first(before), second(before)];
    if (!a.L || !b.L) throw mismatch();
    return { L: [...a.L, ...b.L] };
  };
}

function literal(cursor: Cursor): AttributeValue {
  const value = cursor.takesValue();
  if (value === undefined) throw invalid("Invalid UpdateExpression: Syntax error; expected a value");
  return value;
}

const members = (set: AttributeValue): string[] => membersOf(set) ?? [];
const setOf = (like: AttributeValue, texts: string[]): AttributeValue => ({ [typeOf(like)]: texts });
const mismatch = () => invalid("An operand in the update expression has an incorrect data type");
const wrongOperand = (operator: string, value: AttributeValue) =>
  invalid(
    `Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ${operator}, operand type: ${typeOf(value)}`,
  );
