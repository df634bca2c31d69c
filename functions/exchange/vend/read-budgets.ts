import type { CountedBudget } from "../../core/budgets/budgets.ts";
import type { TaskRequest } from "../../core/tasks/task-request.ts";
import type { Caller } from "../../steps/requests/verify-identity.ts";
import type { GrantedIntent } from "../../steps/tasks/grants.ts";
import { budgetsOf, type Repeats, unlessRepeated } from "./count-grant.ts";
import type { OpenNeeds } from "./opened-task.ts";
import { idempotencyOf } from "./record-task.ts";

/**
 * Reads the budgets of a grant that is about to be opened. A tree that it begins has spent nothing yet.
 * @returns what was counted, or the task that the same request opened before: a repeat counts nothing.
 * @throws {Refusal} budget_spent, intent_invalid, idempotency_conflict, store_unavailable.
 */
export function readBudgets(
  { agent, subject, claims, onBehalf }: Caller,
  request: TaskRequest,
  grants: GrantedIntent,
  ports: OpenNeeds,
): Promise<readonly CountedBudget[] | Repeats> {
  const asking = { agent: agent.id, subject, facts: { claims }, ...(onBehalf ? { onBehalf } : {}) };
  const held = budgetsOf(grants, onBehalf, grants.parentScope?.parent.path);
  return unlessRepeated(held, idempotencyOf(asking, request), ports);
}
