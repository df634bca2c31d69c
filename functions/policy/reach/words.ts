import { EVERY_OBLIGATION, type Obligations, obligationsOf } from "../../core/policy/obligations.ts";
import { EVERY } from "./group-members.ts";
import type { ReachCondition, ReachEntry, ReachPermit } from "./reach-of.ts";

/** Describes an entry of a reach: actions, resources, accounts. Contains texts of policies verbatim, which the caller must escape. */
export function entryInWords(entry: ReachEntry & Partial<ReachPermit>): string {
  const every = entry.needs && !entry.outlives ? "every action that mints nothing" : "every action";
  const actions = entry.actions.map((name) => (name === EVERY ? every : name)).join(", ");
  const on = entry.on === EVERY ? "anything" : entry.on;
  const where = entry.where.map(conditionInWords).join(" and ");
  const given = (entry.given ?? []).map(conditionInWords).join(" and ");
  return [
    `${actions} on ${on}`,
    ...(where === "" ? [] : [` where ${where}`]),
    ...(given === "" ? [] : [`, given ${given}`]),
    ...(entry.accounts === undefined ? [] : [` (target accounts: ${entry.accounts.join(", ")})`]),
    ...(entry.outlives ? [" (what it makes outlives the task)"] : []),
  ].join("");
}

function conditionInWords(condition: ReachCondition): string {
  if ("holds" in condition) return condition.holds;
  if ("fails" in condition) return `not (${condition.fails})`;
  return "in" in condition ? `${condition.of} in ${condition.in}` : `${condition.of} not in ${condition.not_in}`;
}

/** Describes the terms of a permit; "" where it has none. */
export const needsInWords = (needs: Partial<Obligations>): string =>
  EVERY_OBLIGATION.flatMap(({ words }) => words({ ...obligationsOf({}), ...needs }) ?? []).join(", ");
