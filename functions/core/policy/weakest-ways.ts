import { implies } from "./implied-conditions.ts";
import type { Condition } from "./merge-statements.ts";

/**
 * Removes alternatives that imply another one, which is weaker and so suffices. The first of equal alternatives stays.
 * In a tree, each of a child's alternatives is combined with each of its parent's. Without this step, the alternatives
 * of one policy would multiply at every level, until no session policy holds them.
 */
export const weakestWays = <T extends Condition>(ways: readonly T[]): readonly T[] =>
  ways.filter(
    (way, index) => !ways.some((other, place) => implies(way, other) && (place < index || !implies(other, way))),
  );
