import type { AttributeValue, Item } from "../../../table-change.ts";
import { invalid } from "../invalid.ts";
import { compareValues, identityOf, membersOf, type Type, typeOf } from "../values.ts";
import type { Cursor } from "./cursor.ts";
import { valueAt } from "./paths.ts";

/** Condition on an item; a missing item is the empty item. */
export type Condition = (item: Item) => boolean;

/** Value that an item has at a path, or a value of the call. Only a value of the call has `literal`. */
interface Operand {
  readonly literal?: AttributeValue;
  readonly of: (item: Item) => AttributeValue | undefined;
}

const COMPARATORS = ["=", "<>", "<=", ">=", "<", ">"] as const;
type Comparator = (typeof COMPARATORS)[number];
const FUNCTIONS = ["attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains"] as const;
type FunctionName = (typeof FUNCTIONS)[number];

/** Parses a condition or filter. OR binds less than AND, and AND less than NOT. */
export function parseCondition(cursor: Cursor): Condition {
  const condition = anyOf(cursor);
  cursor.end();
  return condition;
}

function anyOf(cursor: Cursor): Condition {
  const conditions = [allOf(cursor)];
  while (cursor.takes("OR")) conditions.push(allOf(cursor));
  return (item) => conditions.some((holds) => holds(item));
}

function allOf(cursor: Cursor): Condition {
  const conditions = [negatable(cursor)];
  while (cursor.takes("AND")) conditions.push(negatable(cursor));
  return (item) => conditions.every((holds) => holds(item));
}

function negatable(cursor: Cursor): Condition {
  if (cursor.takes("NOT")) {
    const condition = negatable(cursor);
    return (item) => !condition(item);
  }
  if (cursor.takes("(")) return cursor.group(() => anyOf(cursor));
  const called = cursor.takesCall(FUNCTIONS);
  return called ? parseCall(called, cursor) : parseComparison(cursor);
}

function parseCall(name: FunctionName, cursor: Cursor): Condition {
  const path = cursor.path();
  const subject = (item: Item): AttributeValue | undefined => valueAt(item, path);
  if (name === "attribute_exists" || name === "attribute_not_exists") {
    cursor.expect(")");
    return (item) => (subject(item) !== undefined) === (name === "attribute_exists");
  }
  cursor.expect(",");
  const operand = parseOperand(cursor);
  cursor.expect(")");
  const types = OPERAND_TYPES[name];
  if (operand.literal && types) requireType(operand.literal, types, name);
  return (item) => {
    const [value, other] = [subject(item), operand.of(item)];
    return value !== undefined && other !== undefined && CALLS[name](value, other);
  };
}

/** Types that the second operand of a function must have. A function without an entry takes any type. */
const OPERAND_TYPES: Readonly<Partial<Record<FunctionName, readonly Type[]>>> = {
  attribute_type: ["S"],
  begins_with: ["S", "B"],
};

const CALLS = {
  attribute_type: (value: AttributeValue, type: AttributeValue) => typeOf(value) === type.S,
  begins_with: (value: AttributeValue, prefix: AttributeValue) => {
    if (value.S !== undefined && prefix.S !== undefined) return value.S.startsWith(prefix.S);
    return value.B !== undefined && prefix.B !== undefined && bytesOf(value.B).startsWith(bytesOf(prefix.B));
  },
  contains: (value: AttributeValue, part: AttributeValue) => {
    if (value.S !== undefined) return part.S !== undefined && value.S.includes(part.S);
    if (value.B !== undefined) return part.B !== undefined && bytesOf(value.B).includes(bytesOf(part.B));
    if (value.L) return value.L.some((each) => isEqual(each, part));
    const isOfItsType = typeOf(value) === `${typeOf(part)}S`;
    return isOfItsType && (membersOf(value) ?? []).includes(part.S ?? part.N ?? part.B ?? "");
  },
} as const;

function parseComparison(cursor: Cursor): Condition {
  const left = parseOperand(cursor);
  if (cursor.takes("BETWEEN")) {
    const low = ordered(parseOperand(cursor), "BETWEEN");
    cursor.expect("AND");
    const high = ordered(parseOperand(cursor), "BETWEEN");
    return (item) => compares(left, ">=", low, item) && compares(left, "<=", high, item);
  }
  if (cursor.takes("IN")) {
    cursor.expect("(");
    const values = cursor.list(() => parseOperand(cursor));
    cursor.expect(")");
    return (item) => values.some((value) => compares(left, "=", value, item));
  }
  const comparator = cursor.takesOneOf(COMPARATORS);
  if (comparator === undefined) throw invalid("Syntax error in a condition: expected a comparison");
  const right = parseOperand(cursor);
  if (comparator !== "=" && comparator !== "<>") for (const operand of [left, right]) ordered(operand, comparator);
  return (item) => compares(left, comparator, right, item);
}

function parseOperand(cursor: Cursor): Operand {
  const literal = cursor.takesValue();
  if (literal) return { literal, of: () => literal };
  const isSize = cursor.takesCall(["size"]) !== undefined;
  const path = cursor.path();
  if (isSize) {
    cursor.expect(")");
    return { of: (item) => sizeOf(valueAt(item, path)) };
  }
  return { of: (item) => valueAt(item, path) };
}

/** Size of a text, of bytes, or of a list, a set or a map; undefined for other values. */
function sizeOf(value: AttributeValue | undefined): AttributeValue | undefined {
  if (value === undefined) return undefined;
  const { S, B, L, M } = value;
  const size = S?.length ?? (B === undefined ? undefined : bytesOf(B).length) ?? L?.length;
  const members = size ?? (M === undefined ? membersOf(value)?.length : Object.keys(M).length);
  return members === undefined ? undefined : { N: String(members) };
}

function compares(left: Operand, comparator: Comparator, right: Operand, item: Item): boolean {
  const [a, b] = [left.of(item), right.of(item)];
  if (comparator === "<>") return a === undefined || b === undefined || !isEqual(a, b);
  if (a === undefined || b === undefined) return false;
  if (comparator === "=") return isEqual(a, b);
  const order = compareValues(a, b);
  if (order === undefined) return false;
  return { "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0 }[comparator];
}

function ordered(operand: Operand, operator: string): Operand {
  if (operand.literal) requireType(operand.literal, ["S", "N", "B"], operator);
  return operand;
}

function requireType(value: AttributeValue, types: readonly Type[], operator: string): void {
  if (types.includes(typeOf(value))) return;
  throw invalid(
    `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${typeOf(value)}`,
  );
}

const isEqual = (a: AttributeValue, b: AttributeValue): boolean => identityOf(a) === identityOf(b);
/** Bytes as text, one character each. */
const bytesOf = (base64: string): string => Buffer.from(base64, "base64").toString("latin1");
