import { expect, it } from "vitest";
import { BUDGET_LIMITS } from "../../../contract/limits.ts";
import { budgetWrites } from "../../../functions/adapters/dynamodb/budgets/dynamo-budgets.ts";
import { DynamoTable } from "../../../functions/adapters/dynamodb/table/dynamo-table.ts";
import { BUDGET_CLOCK_SECONDS, NOTHING_SPENT, spend } from "../../../functions/core/budgets/spent.ts";

const table = new DynamoTable("table", { send: () => Promise.reject(new Error("nothing is sent")) } as never);

it("lets the table forget a budget only once its newest grant is in no window of any budget, by the fastest clock", () => {
  const at = 1_764_000_000;
  const spent = [at, at - 9].reduce(spend, NOTHING_SPENT);
  const [write] = budgetWrites(table, [{ name: "deploys", scope: "agent", holder: "demo", version: 4, spent }]);
  const { ExpressionAttributeValues: values = {} } = write?.item.Update ?? {};
  const ttl = Number(values[":ttl"]?.N);
  expect(ttl).toBeGreaterThanOrEqual(at + BUDGET_LIMITS.window + 2 * BUDGET_CLOCK_SECONDS);
});
