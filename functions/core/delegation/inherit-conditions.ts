import type { ConditionBlock } from "../intent/detail.ts";

/**
 * The conditions of a parent that a child does not state itself, so that both together hold for it; or the key that both state with other values.
 * Of one operator and one key IAM takes several values for alternatives: the child's own value beside the parent's would widen it (docs/design.md#delegation).
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

/** Both blocks as one; what stands in both is the second's. */
export function joinConditions(first: ConditionBlock, second: ConditionBlock): ConditionBlock {
  const joined: Record<string, Readonly<Record<string, readonly string[]>>> = { ...first };
  for (const [operator, keys] of Object.entries(second)) joined[operator] = { ...joined[operator], ...keys };
  return joined;
}

/** IAM reads the names of keys without their case. */
function valuesOf(block: ConditionBlock, operator: string, key: string): readonly string[] | undefined {
  const keys = Object.entries(block[operator] ?? {});
  return keys.find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
}

const isSame = (a: readonly string[], b: readonly string[]): boolean => {
  const [left, right] = [new Set(a), new Set(b)];
  return left.size === right.size && [...left].every((value) => right.has(value));
};
