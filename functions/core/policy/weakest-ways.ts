import { implies } from "./implied-conditions.ts";
import type { Condition } from "./merge-statements.ts";

/**
 * The ways without those that another one includes: whoever meets all that such a way asks for meets the other one too. Of ways that ask for the same
 * the first is kept. In a tree each of a child's ways goes with each of its parent's: without this, alternatives of one policy would multiply at
 * every level, until no session policy holds them.
 */
export const weakestWays = <T extends Condition>(ways: readonly T[]): readonly T[] =>
  ways.filter(
    (way, index) => !ways.some((other, place) => implies(way, other) && (place < index || !implies(other, way))),
  );
