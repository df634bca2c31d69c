import type { HeldBudget } from "../../../functions/core/budgets/budget.ts";
import type { CallCounts, CalledIn } from "../../../functions/core/budgets/calls.ts";

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

  async count(held: HeldBudget, part: number, drop: readonly number[]): Promise<CalledIn> {
    await this.before("count");
    const now = new Map(this.counted.get(nameOf(held)));
    for (const each of drop) now.delete(each);
    now.set(part, (now.get(part) ?? 0) + 1);
    this.counted.set(nameOf(held), now);
    return now;
  }
}
