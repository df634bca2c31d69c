import { contains, type Glob } from "../text/glob.ts";
import type { Condition } from "./merge-statements.ts";
import { readIamText } from "./read-iam-text.ts";

/**
 * True only where the weaker condition holds whenever the stronger one does. Compares `StringEquals`, `StringLike` and
 * their negations as sets of strings; other operators must have the same values. Compares keys without case, as IAM
 * does.
 * Source: "IAM JSON policy elements: Condition operators", IAM User Guide.
 */
export function implies(stronger: Condition, weaker: Condition): boolean {
  const given = linesOf(stronger);
  return linesOf(weaker).every((line) => given.some((each) => each.key === line.key && impliesLine(each, line)));
}

interface Line {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

const linesOf = (condition: Condition): readonly Line[] =>
  Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({
      operator,
      key: key.toLowerCase(),
      values: typeof values === "string" ? [values] : values,
    })),
  );

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

/** Parses a line's values as globs; undefined for a value with variables. */
const setsOf = ({ operator, values }: Line): readonly (Glob | undefined)[] =>
  values.map((value) => readIamText(value, operator.includes("Like")));

const isSame = (a: readonly string[], b: readonly string[]): boolean => {
  const [left, right] = [new Set(a), new Set(b)];
  return left.size === right.size && [...left].every((value) => right.has(value));
};
