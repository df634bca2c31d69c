import { LABEL_LIMITS } from "../../../contract/limits.ts";
import type { ConflictScope } from "../../../contract/names.ts";
import type { Conflict } from "../deployment/conflict.ts";
import { Refusal } from "../refusal.ts";

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

/**
 * Refuses labels of one grant that can never be held together.
 * @throws {Refusal} label_conflict for both labels of a conflict; intent_invalid for more labels than one transaction holds.
 */
export function refuseBoth(labels: readonly string[], conflicts: readonly Conflict[]): void {
  const both = sidesTaken(labels, conflicts).find(({ other }) => labels.includes(other));
  if (both)
    throw new Refusal("label_conflict", {
      say: `It asks for "${both.own}" and "${both.other}" together; ask for them in tasks of their own, the second once the first one's keys have died.`,
      more: conflictOf(both),
    });
  if (labels.length > LABEL_LIMITS.labels)
    throw new Refusal("intent_invalid", {
      say: `It has ${labels.length} labels (${labels.join(", ")}), and at most ${LABEL_LIMITS.labels} may be taken together; ask for its parts in tasks of their own.`,
    });
}

/** Writes a conflict for the answer of a refusal. */
export const conflictOf = ({ own, other }: { readonly own: string; readonly other: string }) => ({
  label: own,
  conflicts_with: other,
});
