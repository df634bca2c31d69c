import type { HeldBudget } from "../../../functions/core/budgets/budget.ts";
import type { Budgets, CountedBudget, HoldersCount, Spending } from "../../../functions/core/budgets/budgets.ts";
import { giveBack, NOTHING_SPENT, type Spent } from "../../../functions/core/budgets/spent.ts";
import { Refusal } from "../../../functions/core/refusal.ts";

type Held = Pick<HeldBudget, "name" | "scope" | "holder">;

const nameOf = ({ name, scope, holder }: Held): string => `${name}#${scope}#${holder}`;

/** Fake record of spent budgets, in memory, with the table's conditions. */
export class FakeBudgets implements Budgets {
  readonly spent = new Map<string, { readonly spent: Spent; readonly version: number }>();
  /** Hook before each method. */
  before: (method: string) => void | Promise<void> = () => undefined;

  async read(held: readonly HeldBudget[]): Promise<readonly CountedBudget[]> {
    await this.before("read");
    return held.map((each) => ({
      held: each,
      ...(this.spent.get(nameOf(each)) ?? { spent: NOTHING_SPENT, version: 0 }),
    }));
  }

  async list(
    { name, scope }: Pick<Held, "name" | "scope">,
    after = "",
    most: number,
  ): Promise<readonly HoldersCount[]> {
    await this.before("list");
    const partition = `${name}#${scope}#`;
    const inside = [...this.spent].filter(([key]) => key.startsWith(partition));
    return inside
      .map(([key, { spent }]) => ({ holder: key.slice(partition.length), spent }))
      .filter(({ holder }) => holder > after)
      .toSorted((one, other) => (one.holder < other.holder ? -1 : 1))
      .slice(0, most);
  }

  async giveBack(held: HeldBudget, atSeconds: number): Promise<void> {
    await this.before("giveBack");
    const now = this.spent.get(nameOf(held));
    if (now) this.spent.set(nameOf(held), { spent: giveBack(now.spent, atSeconds), version: now.version + 1 });
  }

  /** Checks the conditions of a transaction. @throws {Refusal} contended. */
  check(spendings: readonly Spending[]): void {
    if (spendings.some((each) => (this.spent.get(nameOf(each))?.version ?? 0) !== each.version))
      throw new Refusal("contended", { why: "budget" });
  }

  /** Writes what a transaction counts. */
  write(spendings: readonly Spending[]): void {
    for (const each of spendings) this.spent.set(nameOf(each), { spent: each.spent, version: each.version + 1 });
  }
}
