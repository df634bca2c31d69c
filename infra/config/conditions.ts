import * as v from "valibot";
import { MOST_CONDITIONS } from "../../contract/limits.ts";
import {
  ACCOUNT_ID,
  CONDITION_KINDS,
  CONDITION_NAME,
  RULE_IDS,
  SCOPE_KINDS,
  SHORT_NAME,
} from "../../contract/names.ts";
import { maybe, said, whole } from "../../functions/connectors/schema-fields.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import type { DeployedCondition } from "../../functions/core/deployment/deployed-condition.ts";
import { conditionSetBy, type Escalation, isForEscalation } from "../../functions/core/deployment/escalation-rules.ts";
import { parseLongDuration } from "../../functions/core/policy/obligations.ts";

/** Longest time for which any condition may be set. */
const LONGEST = "31d";

/** Upper bound on the publishers of one condition: the bus's policy names each. */
const MOST_PUBLISHERS = 20;

/** Upper bound on the endings of an hour by one condition's events. */
const MOST_ENDS = 10_000;

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
      bus: maybe(
        v.strictObject({
          publishers: said(
            v.pipe(
              v.array(v.pipe(v.string(), v.regex(ACCOUNT_ID, "an account id of 12 digits"))),
              v.minLength(1),
              v.maxLength(MOST_PUBLISHERS),
            ),
            "Accounts whose events on the bus may set it. They can end nothing else.",
          ),
          scopes: said(
            v.pipe(v.array(v.picklist(SCOPE_KINDS)), v.minLength(1), v.maxLength(SCOPE_KINDS.length)),
            "Kinds of places in which they may set it. Of accounts, each may name its own alone.",
          ),
          endsAnHour: said(
            whole(1, MOST_ENDS),
            "Upper bound on the tasks that their events may end within an hour. Above it an alarm rings, and tasks that policy denies live until their keys' fence.",
          ),
        }),
        "Who may set it by an event on the bus. Only for a condition that `restricts`.",
      ),
    }),
  ),
  v.minLength(1),
  v.maxLength(MOST_CONDITIONS),
);

type Entries = v.InferOutput<typeof conditions>;

/** Converts the section to the form that the functions read. */
export const conditionsOf = (entries: Entries): readonly DeployedCondition[] =>
  entries.map(({ longest, bus, ...entry }) => ({
    ...entry,
    longestSeconds: parseLongDuration(longest) ?? 0,
    ...(bus === undefined ? {} : { bus: { ...bus, publishers: bus.publishers.map(accountId) } }),
  }));

/** Lists the accounts that may set a condition by an event on the bus. */
export const conditionPublishers = (entries: Entries | undefined): readonly string[] => [
  ...new Set((entries ?? []).flatMap(({ bus }) => bus?.publishers ?? [])),
];

/**
 * Lists faults of the section: a name or a kind of place that is listed twice, a time that is too long, and a bus of a condition that permits or may not be set
 * in the bus's place. Also of the rules of escalation that set a condition: one that is none, permits, or may not be set for an agent.
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
  const ofSection = defined.flatMap(({ name, kind, scopes, longestSeconds, bus }, index) => [
    ...(defined.findIndex((each) => each.name === name) < index ? [`conditions: two are named "${name}"`] : []),
    ...(new Set(scopes).size < scopes.length ? [`conditions: "${name}" lists a scope twice`] : []),
    ...(longestSeconds > most
      ? [`conditions: "${name}" has a longest time of more than ${LONGEST}, after which nobody would remember it`]
      : []),
    ...(bus && kind === "permits" ? [`conditions: "${name}" permits, so no event on the bus may set it`] : []),
    ...(bus?.scopes ?? [])
      .filter((scope) => !scopes.includes(scope))
      .map((scope) => `conditions: "${name}" has a bus with the scope ${scope}, in which it may not be set`),
  ]);
  return [...ofSection, ...setByRules];
}
