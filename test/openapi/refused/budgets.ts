import { NOTHING_SPENT, secondOf, spend } from "../../../functions/core/budgets/spent.ts";
import type { FakeWorld } from "../../fakes/world/world.ts";
import { cedarOf } from "../../unit/core/cedar-of.ts";

/** Budget of one grant a day for each agent. */
export const BUDGET = "reports 1/1d agent";

/** Permits everything within the budget. */
export const BUDGETED = cedarOf([`@id("b") @budget("${BUDGET}") permit (principal, action, resource);`]);

/** Records that the agent `demo` has spent the budget just now. */
export function spendBudget({ ports: { budgets, clock } }: FakeWorld): void {
  budgets.spent.set("reports#agent#demo", { spent: spend(NOTHING_SPENT, secondOf(clock.nowMs())), version: 1 });
}
