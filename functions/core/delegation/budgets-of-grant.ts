import { BUDGET_LIMITS } from "../../../contract/limits.ts";
import { type Budget, budgetText } from "../budgets/budget.ts";
import { Refusal } from "../refusal.ts";
import { budgetsIn } from "./inherited-terms.ts";

/**
 * Lists the budgets that count a grant, as `budgetsIn` does.
 * @throws {Refusal} intent_invalid where they are too many: one transaction counts them all, for each level of the tree.
 */
export function budgetsOfGrant(terms: Parameters<typeof budgetsIn>[0]): readonly Budget[] {
  const budgets = budgetsIn(terms);
  if (budgets.length > BUDGET_LIMITS.budgets)
    throw new Refusal("intent_invalid", {
      say: `${budgets.length} budgets of policy count it (${budgets.map(budgetText).join(", ")}), and at most ${BUDGET_LIMITS.budgets} may; ask for its parts in tasks of their own.`,
    });
  return budgets;
}
