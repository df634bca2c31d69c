import type { HeldBudget } from "../core/budgets/budget.ts";
import type { Budgets } from "../core/budgets/budgets.ts";
import { type CallCounts, type CalledIn, calledIn, callFreeAt } from "../core/budgets/calls.ts";
import { freeAt, type Spent, spentIn } from "../core/budgets/spent.ts";
import type { DeployedBudget } from "../core/policy/deployed-budgets.ts";

/** Counts of the two kinds of budgets. */
export interface CountPorts {
  readonly budgets: Pick<Budgets, "read" | "list">;
  readonly callCounts: Pick<CallCounts, "read" | "list">;
}

/** Count of one holder of a budget, as of now. */
export interface SpentByHolder {
  readonly holder: string;
  /** Grants or signatures that count now. */
  readonly count: number;
  /** Second from which on another one is allowed; undefined where one is allowed now. */
  readonly freeAt: number | undefined;
}

/** Reads what one holder has spent of each budget. @throws {Refusal} store_unavailable. */
export const spentOf = (
  held: readonly (DeployedBudget & HeldBudget)[],
  ports: CountPorts,
  nowSeconds: number,
): Promise<readonly SpentByHolder[]> =>
  Promise.all(
    held.map(async (budget) => {
      if (budget.counts === "signatures")
        return called(budget, budget.holder, await ports.callCounts.read(budget), nowSeconds);
      const [counted] = await ports.budgets.read([budget]);
      return granted(budget, budget.holder, counted?.spent, nowSeconds);
    }),
  );

/** Lists what the holders after one have spent of a budget, in order. @throws {Refusal} store_unavailable. */
export async function spentAfter(
  budget: DeployedBudget,
  after: string | undefined,
  most: number,
  ports: CountPorts,
  nowSeconds: number,
): Promise<readonly SpentByHolder[]> {
  if (budget.counts === "signatures")
    return (await ports.callCounts.list(budget, after, most)).map((each) =>
      called(budget, each.holder, each.called, nowSeconds),
    );
  return (await ports.budgets.list(budget, after, most)).map(({ holder, spent }) =>
    granted(budget, holder, spent, nowSeconds),
  );
}

const granted = (budget: DeployedBudget, holder: string, spent: Spent | undefined, now: number): SpentByHolder =>
  spent === undefined
    ? { holder, count: 0, freeAt: undefined }
    : { holder, count: spentIn(spent, budget, now), freeAt: freeAt(spent, budget, now) };

const called = (budget: DeployedBudget, holder: string, counted: CalledIn, now: number): SpentByHolder => ({
  ...{ holder, count: calledIn(counted, budget, now), freeAt: callFreeAt(counted, budget, now) },
});
