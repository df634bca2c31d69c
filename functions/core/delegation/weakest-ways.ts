import type { ConditionBlock } from "../intent/detail.ts";
import { inheritConditions } from "./inherit-conditions.ts";

/**
 * The ways without those that ask for all that another one asks for, and so allow nothing that it does not allow. Each of a child's ways goes with
 * each of its parent's: without this, alternatives of one policy would multiply at every level of a tree, until no session policy holds them.
 */
export const weakestWays = (ways: readonly ConditionBlock[]): readonly ConditionBlock[] =>
  ways.filter(
    (way, index) =>
      !ways.some((other, place) => place !== index && asksFor(way, other) && (place < index || !asksFor(other, way))),
  );

/** Whether whatever is asked for in the second stands in the first too. */
function asksFor(way: ConditionBlock, other: ConditionBlock): boolean {
  const inherited = inheritConditions(other, [way]);
  return "added" in inherited && Object.keys(inherited.added).length === 0;
}
