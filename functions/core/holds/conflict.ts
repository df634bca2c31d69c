import type { ConflictScope } from "../../../contract/names.ts";
import type { Conflict } from "../deployment/conflict.ts";

/** One side of a conflict. */
interface Side {
  readonly own: string;
  readonly other: string;
  readonly scope: ConflictScope;
  readonly windowSeconds: number;
}

/** Lists both sides of each conflict. */
const sidesOf = (conflicts: readonly Conflict[]): readonly Side[] =>
  conflicts.flatMap(({ a, b, scope, windowSeconds }) => [
    { own: a, other: b, scope, windowSeconds },
    { own: b, other: a, scope, windowSeconds },
  ]);

/** Lists the sides that labels take. */
export const sidesTaken = (labels: readonly string[], conflicts: readonly Conflict[]): readonly Side[] =>
  sidesOf(conflicts).filter(({ own }) => labels.includes(own));

/** Lists the labels that are in a conflict, each once. */
export const labelsInConflict = (conflicts: readonly Pick<Conflict, "a" | "b">[]): readonly string[] => [
  ...new Set(conflicts.flatMap(({ a, b }) => [a, b])),
];
