import type { HeldBudget } from "../core/budgets/budget.ts";
import { type CalledIn, calledIn, callFreeAt, overIn, partOf } from "../core/budgets/calls.ts";
import type { SigningRules } from "../core/tasks/session-vault.ts";
import { spentRefusal } from "../steps/requests/spent-refusal.ts";
import type { SignPorts } from "./sign-ports.ts";

type Needs = Pick<SignPorts, "callCounts" | "clock">;

/**
 * Counts a signature by each budget before it is given (I13). A count is one atomic step whose answer has the sum, so two requests at once never share one. A
 * request that some budget refuses may have been counted by others, against the asker.
 * @throws {Refusal} budget_spent, store_unavailable.
 */
export async function countCall({ budgets }: Pick<SigningRules, "budgets">, ports: Needs): Promise<void> {
  if (budgets.length === 0) return;
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const read = await Promise.all(
    budgets.map(async (budget) => ({ budget, called: await ports.callCounts.read(budget) })),
  );
  // A spent budget is not counted further, so that whoever tries again and again is let in as soon as it is free.
  for (const { budget, called } of read) refuseSpent(budget, called, nowSeconds, budget.count);
  await Promise.all(
    read.map(async ({ budget, called }) => {
      const over = overIn(called, budget, nowSeconds);
      const now = await ports.callCounts.count(budget, partOf(budget, nowSeconds), over);
      refuseSpent(budget, now, nowSeconds, budget.count + 1);
    }),
  );
}

/** @param refusedFrom number of signatures from which the budget refuses. @throws {Refusal} budget_spent. */
function refuseSpent(budget: HeldBudget, called: CalledIn, nowSeconds: number, refusedFrom: number): void {
  if (calledIn(called, budget, nowSeconds) < refusedFrom) return;
  const freeAt = callFreeAt(called, budget, nowSeconds) ?? nowSeconds + budget.window;
  throw spentRefusal("signature", budget, freeAt, nowSeconds);
}
