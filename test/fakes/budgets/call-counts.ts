import type { HeldBudget } from "../../../functions/core/budgets/budget.ts";
import type { CallCounts, CalledBy, CalledIn } from "../../../functions/core/budgets/calls.ts";

const nameOf = ({ name, scope, window, holder }: HeldBudget): string => `${name}#${scope}#${window}#${holder}`;

/** Fake record of counted signatures, in memory. */
export class FakeCallCounts implements CallCounts {
  readonly counted = new Map<string, ReadonlyMap<number, number>>();
  /** Hook before each method. */
  before: (method: string) => void | Promise<void> = () => undefined;

  async read(held: HeldBudget): Promise<CalledIn> {
    await this.before("read");
    return this.counted.get(nameOf(held)) ?? new Map();
  }

  async list(
    { name, scope, window }: Pick<HeldBudget, "name" | "scope" | "window">,
    after = "",
    most: number,
  ): Promise<readonly CalledBy[]> {
    await this.before("list");
    const partition = `${name}#${scope}#${window}#`;
    return [...this.counted]
      .filter(([key]) => key.startsWith(partition))
      .map(([key, called]) => ({ holder: key.slice(partition.length), called }))
      .filter(({ holder }) => holder > after)
      .toSorted((one, other) => (one.holder < other.holder ? -1 : 1))
      .slice(0, most);
  }

  async count(held: HeldBudget, part: number, drop: readonly number[]): Promise<CalledIn> {
    await this.before("count");
    const now = new Map(this.counted.get(nameOf(held)));
    for (const each of drop) now.delete(each);
    now.set(part, (now.get(part) ?? 0) + 1);
    this.counted.set(nameOf(held), now);
    return now;
  }
}
