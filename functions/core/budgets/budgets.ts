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

/** Grants that a budget has counted for a holder. */
export interface HoldersCount extends Pick<HeldBudget, "holder"> {
  readonly spent: Spent;
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
   * Lists what holders of a budget have counted, by the holder, strongly read.
   * @param after holder after which the list goes on; its first one where absent.
   * @param most upper bound on the holders.
   * @throws {Refusal} store_unavailable.
   */
  list(
    of: Pick<HeldBudget, "name" | "scope">,
    after: string | undefined,
    most: number,
  ): Promise<readonly HoldersCount[]>;
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
