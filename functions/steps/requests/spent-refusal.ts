import { type Budget, budgetText } from "../../core/budgets/budget.ts";
import { Refusal } from "../../core/refusal.ts";
import { isoSeconds } from "../../core/text/iso-seconds.ts";

/**
 * Refuses for a spent budget, with the moment from which it allows more.
 * @param counted word for one of what the budget counts: a grant, or a signature.
 * @param at epoch seconds.
 */
export function spentRefusal(counted: "grant" | "signature", budget: Budget, at: number, nowSeconds: number): Refusal {
  const retryAfterSeconds = Math.max(1, Math.ceil(at - nowSeconds));
  const free = isoSeconds(Math.ceil(at));
  const text = budgetText(budget);
  return new Refusal("budget_spent", {
    say: `It is ${text}, and allows a further ${counted} from ${free} on.`,
    more: { budget: text, retry_after: retryAfterSeconds },
    retryAfterSeconds,
    why: `${budget.name} ${budget.scope}`,
  });
}
