import type { Condition, Several, Statement } from "../../functions/core/policy/merge-statements.ts";

/** A call as IAM sees it: an action, an ARN, and the keys that are present. */
export interface PlainCall {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

/**
 * True where some Allow matches the call and no Deny does: IAM's rule in its shortest form, with regular expressions.
 */
export const plainlyAllows = (statements: readonly Statement[], call: PlainCall): boolean =>
  ["Allow", "Deny"].every(
    (effect) =>
      statements.some((each) => each.Effect === effect && plainlyMatches(each, call)) === (effect === "Allow"),
  );

/** True where the statement matches the call. */
export function plainlyMatches(
  { Action, NotAction, Resource, Condition: condition = {} }: Statement,
  call: PlainCall,
): boolean {
  const isNamed = listed(Action ?? NotAction).some((pattern) => isLike(pattern, call.action));
  return (
    isNamed === (Action !== undefined) &&
    listed(Resource).some((pattern) => isLike(pattern, call.resource)) &&
    plainlyHolds(condition, call.context)
  );
}

/** True where each line of the condition holds for the keys. */
export const plainlyHolds = (condition: Condition, context: PlainCall["context"]): boolean =>
  Object.entries(condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => lineHolds(operator, listed(values), context[key])),
  );

function lineHolds(operator: string, values: readonly string[], found: string | undefined): boolean {
  if (operator === "Null") return values.includes(String(found === undefined));
  if (found === undefined) return operator.endsWith("IfExists") || operator.startsWith("StringNot");
  const compare = operator.includes("Like") ? isLike : isEqual;
  if (/^String(Equals|Like)(IfExists)?$/.test(operator)) return values.some((value) => compare(value, found));
  if (/^StringNot(Equals|Like)$/.test(operator)) return !values.some((value) => compare(value, found));
  throw new Error(`the plain evaluator does not know ${operator}`);
}

const isEqual = (value: string, found: string): boolean => value.replace(/\$\{([*?$])\}/g, "$1") === found;

const isLike = (pattern: string, found: string): boolean => {
  const known = PATTERNS.get(pattern) ?? patternOf(pattern);
  PATTERNS.set(pattern, known);
  return known.test(found);
};
const PATTERNS = new Map<string, RegExp>();

/** `*` is any run of characters, `?` any one, `${*}` the character itself. */
function patternOf(pattern: string): RegExp {
  const source = pattern.replace(/\$\{([*?$])\}|[\s\S]/g, (piece, literal?: string) => {
    if (literal === undefined && piece === "*") return ".*";
    if (literal === undefined && piece === "?") return ".";
    return (literal ?? piece).replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  });
  return new RegExp(`^${source}$`, "s");
}

const listed = (value: Several = []): readonly string[] => (typeof value === "string" ? [value] : value);
