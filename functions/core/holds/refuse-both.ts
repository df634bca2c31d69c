import { LABEL_LIMITS } from "../../../contract/limits.ts";
import type { Conflict } from "../deployment/conflict.ts";
import { Refusal } from "../refusal.ts";
import { sidesTaken } from "./conflict.ts";

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
