import type { TagConditions } from "./tag-conditions.ts";

/** Operators whose values are alternatives. With `StringNot...` all values must differ. */
const EITHER: readonly string[] = ["StringEquals", "StringLike"];

/**
 * Joins alternative conditions of an Allow into fewer blocks. Two conditions join where they differ only in the values
 * of one positive line. An empty condition always holds and makes the others superfluous.
 */
export function joinedConditions(alternatives: readonly TagConditions[]): readonly TagConditions[] {
  if (alternatives.some((each) => Object.keys(each).length === 0)) return [{}];
  const joined: TagConditions[] = [];
  for (const next of alternatives) {
    const both = joined.map((one) => joinedTo(one, next));
    const place = both.findIndex((each) => each !== undefined);
    joined.splice(place < 0 ? joined.length : place, 1, both[place] ?? next);
  }
  return joined.length < alternatives.length ? joinedConditions(joined) : joined;
}

/** Joins two conditions; undefined where they differ in more than the values of one positive line. */
function joinedTo(one: TagConditions, other: TagConditions): TagConditions | undefined {
  const [lines, others] = [linesOf(one), linesOf(other)];
  if (lines.length !== others.length) return undefined;
  const pairs = lines.map((line) => ({ line, values: others.find((each) => isAlike(each, line))?.values }));
  const different = pairs.filter(({ line, values }) => JSON.stringify(values) !== JSON.stringify(line.values));
  const [{ line, values } = {}] = different;
  if (line === undefined) return one;
  if (different.length > 1 || values === undefined || !EITHER.includes(line.operator)) return undefined;
  const all = [...new Set([...line.values, ...values])].sort();
  return { ...one, [line.operator]: { ...one[line.operator], [line.key]: all } };
}

interface Line {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

const linesOf = (block: TagConditions): readonly Line[] =>
  Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key, values })),
  );

const isAlike = (one: Line, other: Line): boolean => one.operator === other.operator && one.key === other.key;
