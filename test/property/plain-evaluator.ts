import type { Condition, Several } from "../../functions/core/policy/merge-statements.ts";

/** Whether each line of the condition holds of the keys, by IAM's rules, told in the shortest way with regular expressions. */
export const plainlyHolds = (condition: Condition, context: Readonly<Record<string, string>>): boolean =>
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

/** `*` is any run of characters, `?` any one, `${*}` the character itself. */
function isLike(pattern: string, found: string): boolean {
  const source = pattern.replace(/\$\{([*?$])\}|[\s\S]/g, (piece, literal?: string) => {
    if (literal === undefined && piece === "*") return ".*";
    if (literal === undefined && piece === "?") return ".";
    return (literal ?? piece).replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  });
  return new RegExp(`^${source}$`, "s").test(found);
}

const listed = (value: Several): readonly string[] => (typeof value === "string" ? [value] : value);
