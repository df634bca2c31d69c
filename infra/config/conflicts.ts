import * as v from "valibot";
import { LABEL_LIMITS } from "../../contract/limits.ts";
import { CONDITION_NAME, CONFLICT_SCOPES, SHORT_NAME } from "../../contract/names.ts";
import { said } from "../../functions/connectors/schema-fields.ts";
import type { Conflict } from "../../functions/core/deployment/conflict.ts";
import { parseLongDuration } from "../../functions/core/policy/obligations.ts";

const LONGEST = `${LABEL_LIMITS.window / 86_400}d`;

const label = v.pipe(v.string(), v.regex(CONDITION_NAME, SHORT_NAME.words));

/** Section `conflicts` of `valetkey.json`: labels that exclude each other. */
export const conflicts = v.pipe(
  v.array(
    v.strictObject({
      a: said(label, "Label of permits, as `@label` names it."),
      b: said(label, "The other label; both sides mean the same."),
      scope: said(
        v.picklist(CONFLICT_SCOPES),
        "Whose keys are kept apart: those of one agent, those for one person, or those of one tree of tasks. A sub-agent's keys count for each agent above it.",
      ),
      window: said(
        v.pipe(v.string(), v.regex(/^[1-9][0-9]{0,5}[mhd]$/, `a duration from "1m" to "${LONGEST}", such as "1h"`)),
        `Time after the death of the last key with one label, before which no key is issued with the other; from 1m to ${LONGEST}.`,
      ),
    }),
  ),
  v.minLength(1),
  v.maxLength(LABEL_LIMITS.conflicts),
);

type Entries = v.InferOutput<typeof conflicts>;

/** Converts the section to the form that the functions read. */
export const conflictsOf = (entries: Entries): readonly Conflict[] =>
  entries.map(({ window, ...entry }) => ({ ...entry, windowSeconds: parseLongDuration(window) ?? 0 }));

/** Lists faults of the section: a label in conflict with itself, a pair that is listed twice for a scope, and a window that is too long. */
export function conflictFaults(entries: Entries | undefined): readonly string[] {
  const pairs = new Set<string>();
  return conflictsOf(entries ?? []).flatMap(({ a, b, scope, windowSeconds }) => {
    const pair = JSON.stringify([scope, ...[a, b].sort()]);
    return [
      ...(a === b ? [`conflicts: "${a}" is in conflict with itself; name two labels`] : []),
      ...(pairs.size === pairs.add(pair).size
        ? [`conflicts: "${a}" and "${b}" are listed twice for one ${scope}`]
        : []),
      ...(windowSeconds > LABEL_LIMITS.window
        ? [`conflicts: "${a}" and "${b}" have a window of more than ${LONGEST}`]
        : []),
    ];
  });
}
