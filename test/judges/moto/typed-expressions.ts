type Value = Readonly<Record<string, unknown>>;

const PATH = String.raw`#\w+(?:\.#\w+)*`;
const VALUE = String.raw`:v\d+`;
const SIZED = ["S", "SS", "NS", "L", "M"];
/** Comparisons of one path, in the words of the generator of operations (`any-expressions.ts`). */
const COMPARISON = new RegExp(
  [
    String.raw`size\((?<sized>${PATH})\) (?<how>[<>=]+) (?<size>${VALUE})`,
    `(?<between>${PATH}) BETWEEN (?<low>${VALUE}) AND (?<high>${VALUE})`,
    String.raw`(?<one>${PATH}) IN \((?<list>[^)]*)\)`,
    String.raw`contains\((?<whole>${PATH}), (?<part>${VALUE})\)`,
    `(?<left>${PATH}) (?<operator>[<>=]+) (?<right>${PATH}|${VALUE})`,
  ].join("|"),
  "g",
);

/**
 * Writes an operation so that each comparison first tests the types of what it compares. DynamoDB does that by itself: the operation means the same to it.
 * moto compares values as Python does: a missing attribute and NULL are one, as are false and 0, lists have an order, and numbers and texts have none.
 */
export function withTypes(input: object): object {
  return mapObjects(input) as object;
}

function mapObjects(of: unknown): unknown {
  if (Array.isArray(of)) return of.map(mapObjects);
  if (typeof of !== "object" || of === null) return of;
  const members = Object.fromEntries(Object.entries(of).map(([name, each]) => [name, mapObjects(each)]));
  const values = members.ExpressionAttributeValues as Readonly<Record<string, Value>> | undefined;
  const types = new Set<string>();
  for (const name of ["ConditionExpression", "FilterExpression"])
    if (typeof members[name] === "string") members[name] = typedText(members[name], values ?? {}, types);
  if (types.size > 0)
    members.ExpressionAttributeValues = {
      ...values,
      ...Object.fromEntries([...types].map((type) => [`:t${type}`, { S: type }])),
    };
  return members;
}

function typedText(text: string, values: Readonly<Record<string, Value>>, types: Set<string>): string {
  const is = (path: string, type: string): string => {
    types.add(type);
    return `attribute_type(${path}, :t${type})`;
  };
  const isAny = (path: string, of: readonly string[]): string => `(${of.map((type) => is(path, type)).join(" OR ")})`;
  const typeOf = (value: string): string => Object.keys(values[value] ?? {})[0] ?? "";
  const equal = (path: string, value: string): string => `(${is(path, typeOf(value))} AND ${path} = ${value})`;
  return text.replaceAll("NOT NOT ", "").replace(COMPARISON, (found, ...rest) => {
    const part = rest.at(-1) as Readonly<Record<string, string | undefined>>;
    const { sized, between, one, list = "", whole, part: inner = "", left = "", operator = "", right = "" } = part;
    if (sized) {
      // A size that does not exist differs from any number, as a missing attribute does from any value. dynoxide reads it so;
      // AWS does not document it.
      const isUnequal = part.how === "<>";
      const holds = `(${isAny(sized, SIZED)} AND size(${sized}) ${isUnequal ? "=" : part.how} ${part.size})`;
      return isUnequal ? `(NOT ${holds})` : holds;
    }
    if (between) return `(${is(between, typeOf(part.low ?? ""))} AND ${found})`;
    const equals = list.split(", ").map((value) => equal(one ?? "", value));
    // Redundant parentheses are refused.
    if (one) return equals.length === 1 ? String(equals[0]) : `(${equals.join(" OR ")})`;
    if (whole) return `(${isAny(whole, [typeOf(inner), `${typeOf(inner)}S`, "L"])} AND ${found})`;
    if (right.startsWith(":")) {
      if (operator === "=") return equal(left, right);
      return operator === "<>" ? `(NOT ${equal(left, right)})` : `(${is(left, typeOf(right))} AND ${found})`;
    }
    return `(${["S", "N"].map((type) => `(${is(left, type)} AND ${is(right, type)} AND ${found})`).join(" OR ")})`;
  });
}
