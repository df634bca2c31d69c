import { contains, type Glob } from "../text/glob.ts";
import { type Condition, listed } from "./merge-statements.ts";
import { readIamText } from "./read-iam-text.ts";

/**
 * True only where the weaker condition holds whenever the stronger one does. Compares `StringEquals`, `StringLike` and
 * their negations as sets of strings; other operators must have the same values. Compares keys without case, as IAM
 * does.
 * Source: "IAM JSON policy elements: Condition operators", IAM User Guide.
 */
export function implies(stronger: Condition, weaker: Condition): boolean {
  if (stronger === weaker) return true;
  const given = linesOf(stronger);
  return linesOf(weaker).every((line) => given.some((each) => each.key === line.key && impliesLine(each, line)));
}

interface Line {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** Cache of lines by condition: a compilation compares each condition with many others. */
const LINES = new WeakMap<Condition, readonly Line[]>();

function linesOf(condition: Condition): readonly Line[] {
  const known = LINES.get(condition);
  if (known) return known;
  const lines = Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key: key.toLowerCase(), values: listed(values) })),
  );
  LINES.set(condition, lines);
  return lines;
}

/**
 * Operators that hold where the key is present and matches one of the values; with `IfExists` also where the key is
 * missing.
 */
const LIKE = /^String(Equals|Like)(IfExists)?$/;
/** Operators that hold where the key matches none of the values, or is missing. */
const UNLIKE = /^StringNot(Equals|Like)$/;

function impliesLine(stronger: Line, weaker: Line): boolean {
  if (stronger.operator === weaker.operator && isSame(stronger.values, weaker.values)) return true;
  if (LIKE.test(stronger.operator)) {
    const isThere = !stronger.operator.endsWith("IfExists");
    if (weaker.operator === "Null") return isThere && isSame(weaker.values, ["false"]);
    return (
      LIKE.test(weaker.operator) && (isThere || weaker.operator.endsWith("IfExists")) && isWithin(stronger, weaker)
    );
  }
  return UNLIKE.test(stronger.operator) && UNLIKE.test(weaker.operator) && isWithin(weaker, stronger);
}

/** True where each of the inner line's values is a subset of some value of the outer line. */
function isWithin(inner: Line, outer: Line): boolean {
  const around = setsOf(outer);
  return setsOf(inner).every((one) => one !== undefined && around.some((each) => each && contains(each, one)));
}

/** Cache of parsed values by line. */
const SETS = new WeakMap<Line, readonly (Glob | undefined)[]>();

/** Parses a line's values as globs; undefined for a value with variables. */
function setsOf(line: Line): readonly (Glob | undefined)[] {
  const known = SETS.get(line);
  if (known) return known;
  const sets = line.values.map((value) => readIamText(value, line.operator.includes("Like")));
  SETS.set(line, sets);
  return sets;
}

const isSame = (a: readonly string[], b: readonly string[]): boolean => {
  if (a.length === 1 && b.length === 1) return a[0] === b[0];
  const [left, right] = [new Set(a), new Set(b)];
  return left.size === right.size && [...left].every((value) => right.has(value));
};
