import type { ConditionBlock } from "../intent/detail.ts";

/**
 * Returns the parent's conditions that the child lacks, so that both sets hold for the child; or the first condition
 * that both state with different values. IAM reads several values of one key as alternatives. A child's value beside
 * the parent's would thus widen the child's rights (docs/design.md#delegation).
 */
export function inheritConditions(
  inherited: ConditionBlock,
  own: readonly ConditionBlock[],
): { readonly added: ConditionBlock } | { readonly conflict: string } {
  const added: Record<string, Record<string, readonly string[]>> = {};
  for (const [operator, keys] of Object.entries(inherited)) {
    for (const [key, values] of Object.entries(keys)) {
      const stated = own.map((block) => valuesOf(block, operator, key)).filter((each) => each !== undefined);
      if (stated.some((each) => !isSame(each, values))) return { conflict: `${operator} ${key}` };
      if (stated.length === 0) added[operator] = { ...added[operator], [key]: values };
    }
  }
  return { added };
}

/** Joins two condition blocks; the second has precedence where both have a key. */
export function joinConditions(first: ConditionBlock, second: ConditionBlock): ConditionBlock {
  const joined: Record<string, Readonly<Record<string, readonly string[]>>> = { ...first };
  for (const [operator, keys] of Object.entries(second)) joined[operator] = { ...joined[operator], ...keys };
  return joined;
}

/** Finds the values of a key; compares names without case, as IAM does. */
function valuesOf(block: ConditionBlock, operator: string, key: string): readonly string[] | undefined {
  const keys = Object.entries(block[operator] ?? {});
  return keys.find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
}

const isSame = (a: readonly string[], b: readonly string[]): boolean => {
  const [left, right] = [new Set(a), new Set(b)];
  return left.size === right.size && [...left].every((value) => right.has(value));
};
