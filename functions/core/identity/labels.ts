import type { Registration } from "./agent.ts";

/** Label of an agent, which policies match: `principal.labels.contains("deployer")`. In lower case, so that no label is spelled in two ways. */
export const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

/** Upper bound on the labels of one agent. */
export const MOST_LABELS = 20;

type Labelled = Pick<Registration, "labels" | "owner" | "team">;

/** Labels of the agent; none unless it was given some. */
export const labelsOf = ({ labels = [] }: Pick<Registration, "labels">): readonly string[] => labels;

/** Labels that a registration or a change gives and takes; policy is asked about both (`valetkey:LabelAgent`). */
export interface Relabelling {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** Returns what a change gives and takes of the labels; undefined where neither. */
export function relabelling(before: readonly string[], after: readonly string[]): Relabelling | undefined {
  const added = after.filter((label) => !before.includes(label));
  const removed = before.filter((label) => !after.includes(label));
  return added.length + removed.length === 0 ? undefined : { added, removed };
}

/** Returns the labels that count as given before, at the agent's new place: another team or owner takes over none of them unasked. */
export const labelsKept = (before: Labelled, after: Labelled): readonly string[] =>
  before.team === after.team && before.owner === after.owner ? labelsOf(before) : [];
