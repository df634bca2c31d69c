import type { Registration } from "./agent.ts";

type Labelled = Pick<Registration, "labels" | "owner" | "team">;

/** Returns the labels of the agent; none where it has no such field. */
export const labelsOf = ({ labels = [] }: Pick<Registration, "labels">): readonly string[] => labels;

/** Labels that a registration or a change adds and removes; policy decides about both (`valetkey:LabelAgent`). */
export interface Relabelling {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** Returns the labels that a change adds and removes; undefined where there are none. */
export function relabelling(before: readonly string[], after: readonly string[]): Relabelling | undefined {
  const added = after.filter((label) => !before.includes(label));
  const removed = before.filter((label) => !after.includes(label));
  return added.length + removed.length === 0 ? undefined : { added, removed };
}

/**
 * Returns the labels that need no new decision after the change. For another team or owner every label needs a
 * decision.
 */
export const retainedLabels = (before: Labelled, after: Labelled): readonly string[] =>
  before.team === after.team && before.owner === after.owner ? labelsOf(before) : [];
