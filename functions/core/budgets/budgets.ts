import { type Counted, holdersOf } from "../identity/holders.ts";
import type { Budget, HeldBudget } from "./budget.ts";
import type { Spent } from "./spent.ts";

/** Counted grants of a holder, as they were read. */
export interface CountedBudget {
  readonly held: HeldBudget;
  readonly spent: Spent;
  /** Number of the item's latest change; 0 where there is no item. */
  readonly version: number;
}

/** Count of one more grant, for the transaction that records the grant: it fails where the item has another version. */
export interface Spending extends Pick<HeldBudget, "name" | "scope" | "holder"> {
  readonly version: number;
  /** Times with the new grant. */
  readonly spent: Spent;
}

/** Budgets that grants have spent. Only the exchange writes them. */
export interface Budgets {
  /**
   * Reads what was counted, strongly, in the same order.
   * @throws {Refusal} store_unavailable.
   */
  read(held: readonly HeldBudget[]): Promise<readonly CountedBudget[]>;
  /**
   * Gives back a grant that was counted at that second. Call it once for a grant. Has no effect where others change the
   * same budget meanwhile: a repeat after an unknown outcome could give back another grant.
   * @throws {Refusal} store_unavailable.
   */
  giveBack(held: HeldBudget, atSeconds: number): Promise<void>;
}

/** Lists whose budgets a grant spends: those of each agent of the chain and its team, of the person, of the tree and of the hub. */
export const heldBy = (budgets: readonly Budget[], counted: Counted): readonly HeldBudget[] =>
  budgets.flatMap((budget) => {
    // Policy permits nothing under such a budget to an agent that acts for nobody.
    if (budget.scope === "person" && counted.person === undefined)
      throw new RangeError("a budget of a person, for nobody");
    return holdersOf(budget.scope, counted).map((holder) => ({ ...budget, holder }));
  });
