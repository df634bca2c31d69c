import * as v from "valibot";
import { MOST_CONDITIONS } from "../../contract/limits.ts";
import { CONDITION_KINDS, CONDITION_NAME, RULE_IDS, SCOPE_KINDS, SHORT_NAME } from "../../contract/names.ts";
import { said } from "../../functions/connectors/schema-fields.ts";
import type { DefinedCondition } from "../../functions/core/conditions/defined-condition.ts";
import { conditionSetBy, type Escalation, isForEscalation } from "../../functions/core/deployment/escalation-rules.ts";
import { parseLongDuration } from "../../functions/core/policy/obligations.ts";

/** Longest time for which any condition may be set. */
const LONGEST = "31d";

/** Section `conditions` of `valetkey.json`: conditions of the world that policies may read. */
export const conditions = v.pipe(
  v.array(
    v.strictObject({
      name: said(
        v.pipe(v.string(), v.regex(CONDITION_NAME, SHORT_NAME.words)),
        "Name of the condition, as policies read it in `context.conditions`.",
      ),
      kind: said(
        v.picklist(CONDITION_KINDS),
        "Effect on policies: where a condition that `restricts` holds, they permit no more than without it; where one that `permits` holds, no less. The build proves it of each policy.",
      ),
      scopes: said(
        v.pipe(v.array(v.picklist(SCOPE_KINDS)), v.minLength(1), v.maxLength(SCOPE_KINDS.length)),
        "Kinds of places in which it may be set.",
      ),
      longest: said(
        v.pipe(v.string(), v.regex(/^[1-9][0-9]{0,5}[mhd]$/, `a duration from "1m" to "${LONGEST}", such as "3d"`)),
        `Longest time for which it may be set, from 1m to ${LONGEST}. It ends by itself.`,
      ),
    }),
  ),
  v.minLength(1),
  v.maxLength(MOST_CONDITIONS),
);

type Entries = v.InferOutput<typeof conditions>;

/** Converts the section to the form that the functions read. */
export const conditionsOf = (entries: Entries): readonly DefinedCondition[] =>
  entries.map(({ longest, ...entry }) => ({ ...entry, longestSeconds: parseLongDuration(longest) ?? 0 }));

/**
 * Lists faults of the section: a name or a kind of place that is listed twice, and a time that is too long. Also of the rules of escalation that set a condition:
 * one that is none, permits, or may not be set for an agent.
 */
export function conditionFaults(entries: Entries | undefined, escalation: Escalation = {}): readonly string[] {
  const defined = conditionsOf(entries ?? []);
  const most = parseLongDuration(LONGEST) ?? 0;
  const setByRules = RULE_IDS.flatMap((rule) => {
    const name = conditionSetBy(escalation[rule] ?? "alarm");
    return name === undefined || defined.some((each) => each.name === name && isForEscalation(each))
      ? []
      : [`escalation.${rule}: conditions has none "${name}" that restricts and has the scope agent`];
  });
  const ofSection = defined.flatMap(({ name, scopes, longestSeconds }, index) => [
    ...(defined.findIndex((each) => each.name === name) < index ? [`conditions: two are named "${name}"`] : []),
    ...(new Set(scopes).size < scopes.length ? [`conditions: "${name}" lists a scope twice`] : []),
    ...(longestSeconds > most
      ? [`conditions: "${name}" has a longest time of more than ${LONGEST}, after which nobody would remember it`]
      : []),
  ]);
  return [...ofSection, ...setByRules];
}
