import type * as budgets from "../../../contract/budgets.ts";
import { NOTHING_SPENT, secondOf, spend } from "../../../functions/core/budgets/spent.ts";
import type { FakeWorld } from "../../fakes/world/world.ts";
import { policiesWithPermits } from "../../fakes/world/world.ts";
import type { ArrangementsOf } from "../from-contract.ts";
import type { Arrange } from "../recording/call.ts";
import { BUDGET, spendBudget } from "../refused/budgets.ts";
import { refusedOperators } from "../refused/operator.ts";
import { whenPort } from "../refused/outage.ts";

const POLICIES = policiesWithPermits([
  "reports",
  "permit (principal is Agent, action, resource);",
  { budget: `${BUDGET}, exports 2/1h person` },
]);

const listing =
  (query: Readonly<Record<string, string>> = {}): Arrange =>
  async (world) => {
    spendBudget(world);
    spendAsPerson(world);
    return { route: "GET /v1/budgets", bearer: world.operatorToken(), query, meanwhile: { policies: POLICIES } };
  };

function spendAsPerson({ ports: { budgets, clock } }: FakeWorld): void {
  budgets.spent.set("exports#person#staff|pat", {
    spent: spend(NOTHING_SPENT, secondOf(clock.nowMs())),
    version: 1,
  });
}

/** Calls of the operations on budgets. */
export const BUDGETS = {
  listBudgets: {
    examples: {
      none: async (world) => ({ route: "GET /v1/budgets", bearer: world.operatorToken() }),
      spent: listing(),
      person: listing({ person: "staff|pat" }),
    },
    refused: {
      ...refusedOperators(listing()),
      malformed_request: listing({ after: "yesterday" }),
      task_unknown: listing({ tree: "nosuchtask00." }),
      store_unavailable: whenPort("budgets", undefined, "store_unavailable", listing()),
    },
  },
} as const satisfies ArrangementsOf<typeof budgets>;
