import type { HeldBudget } from "../../../core/budgets/budget.ts";
import { type CallCounts, type CalledBy, type CalledIn, countsUntil } from "../../../core/budgets/calls.ts";
import { callPartition, keys } from "../table/dynamo-keys.ts";
import { type DynamoTable, MARGIN_SECONDS } from "../table/dynamo-table.ts";
import type { Item } from "../table/raw-item.ts";

/** Field of a part: `p28601`. */
const FIELD = /^p(\d+)$/;

/** Counted signatures in the one table: one item for each budget, its window and holder, with a field for each part. */
export class DynamoCallCounts implements CallCounts {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async read(held: HeldBudget): Promise<CalledIn> {
    const item = await this.#table.get(keys.callCount(held));
    return item === undefined ? new Map() : partsIn(item);
  }

  async list(
    of: Pick<HeldBudget, "name" | "scope" | "window">,
    after: string | undefined,
    most: number,
  ): Promise<readonly CalledBy[]> {
    const items = await this.#table.page(callPartition(of), after, most);
    return items.map((item) => ({ holder: String(item.sk), called: partsIn(item) }));
  }

  async count(held: HeldBudget, part: number, drop: readonly number[]): Promise<CalledIn> {
    const fields = Object.fromEntries(drop.map((each) => [`p${each}`, `p${each}`]));
    const removal = drop.length === 0 ? "" : ` REMOVE ${drop.map((each) => `#p${each}`).join(", ")}`;
    const item = await this.#table.updateAndRead(keys.callCount(held), {
      set: `SET #ttl = :ttl${removal} ADD #counted :one`,
      names: { ...fields, counted: `p${part}`, ttl: "ttl" },
      // The table may remove an item early by its own clock, so the TTL is later than any budget counts it.
      values: { one: 1, ttl: countsUntil(part, held) + MARGIN_SECONDS },
    });
    return partsIn(item);
  }
}

const partsIn = (item: Item): CalledIn =>
  new Map(
    Object.entries(item).flatMap(([name, count]) => {
      const [, part] = FIELD.exec(name) ?? [];
      return part === undefined ? [] : [[Number(part), Number(count)]];
    }),
  );
