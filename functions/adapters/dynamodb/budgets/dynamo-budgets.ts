import type { HeldBudget } from "../../../core/budgets/budget.ts";
import type { Budgets, CountedBudget, HoldersCount, Spending } from "../../../core/budgets/budgets.ts";
import { COUNTED_SECONDS, giveBack, NOTHING_SPENT, newestIn, type Spent } from "../../../core/budgets/spent.ts";
import { budgetPartition, keys } from "../table/dynamo-keys.ts";
import { type Change, type DynamoTable, MARGIN_SECONDS, type Write } from "../table/dynamo-table.ts";
import type { Item } from "../table/raw-item.ts";

/** Spent budgets in the one table: one item for each budget and holder. */
export class DynamoBudgets implements Budgets {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  read(held: readonly HeldBudget[]): Promise<readonly CountedBudget[]> {
    return Promise.all(
      held.map(async (each) => {
        const item = await this.#table.get(keys.budget(each));
        const spent = item === undefined ? NOTHING_SPENT : timesOf(item);
        return { held: each, spent, version: item === undefined ? 0 : Number(item.version) };
      }),
    );
  }

  async list(
    of: Pick<HeldBudget, "name" | "scope">,
    after: string | undefined,
    most: number,
  ): Promise<readonly HoldersCount[]> {
    const items = await this.#table.page(budgetPartition(of), after, most);
    return items.map((item) => ({ holder: String(item.sk), spent: timesOf(item) }));
  }

  async giveBack(held: HeldBudget, atSeconds: number): Promise<void> {
    const [counted] = await this.read([held]);
    if (counted === undefined) return;
    const { version, spent } = counted;
    const after = giveBack(spent, atSeconds);
    if (after === spent) return;
    const { where, names, values } = conditionOn(version);
    await this.#table.update(keys.budget(held), {
      set: "SET #times = :times, #version = :next",
      where,
      names: { ...names, times: "times" },
      values: { ...values, times: textOf(after), next: version + 1 },
    });
  }
}

/** Makes the writes that count a grant. Each fails where somebody else has changed the item since it was read. */
export const budgetWrites = (table: DynamoTable, spendings: readonly Spending[]): readonly Write[] =>
  spendings.map((each) => table.updateWrite("budget", keys.budget(each), changeTo(each)));

function changeTo({ spent, version }: Spending): Change {
  const { where, names, values } = conditionOn(version);
  // The table may remove an item early by its own clock, so the TTL is later than any budget counts it.
  const ttl = (newestIn(spent) ?? 0) + COUNTED_SECONDS + MARGIN_SECONDS;
  return {
    set: "SET #times = :times, #version = :next, #ttl = :ttl",
    where,
    names: { ...names, times: "times", ttl: "ttl" },
    values: { ...values, times: textOf(spent), next: version + 1, ttl },
  };
}

const conditionOn = (version: number) => ({
  where: version === 0 ? "attribute_not_exists(#version)" : "#version = :version",
  names: { version: "version" },
  values: version === 0 ? {} : { version },
});

const timesOf = ({ times }: Item): Spent => new Uint8Array(Buffer.from(String(times), "base64"));

const textOf = (spent: Spent): string => Buffer.from(spent).toString("base64");
