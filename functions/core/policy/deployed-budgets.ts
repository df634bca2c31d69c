import { type Budget, budgetText } from "../budgets/budget.ts";
import type { StatedPolicy } from "../proof/question.ts";
import { isEnforcedPermit } from "./enforced.ts";
import { obligationsOf } from "./obligations.ts";

/** Lists the budgets of enforced permits, by their text. Each text is there once, however many permits have it. */
export function deployedBudgets(policies: readonly StatedPolicy[]): readonly Budget[] {
  const enforced = policies.filter(isEnforcedPermit);
  const all = enforced.flatMap(({ annotations }) => obligationsOf(annotations).budgets ?? []);
  const byText = new Map(all.map((each) => [budgetText(each), each]));
  return [...byText.keys()].sort().flatMap((text) => byText.get(text) ?? []);
}
