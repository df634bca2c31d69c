import { LABEL_LIMITS } from "../../../../contract/limits.ts";
import type { Hold, Holds, LabelPlace } from "../../../core/holds/holds.ts";
import { diesBy } from "../../../core/revocation/role-entry.ts";
import { holdPartition, keys } from "../table/dynamo-keys.ts";
import { type DynamoTable, MARGIN_SECONDS, type Write } from "../table/dynamo-table.ts";

/** Labels in the one table: a partition for each label of a holder, an item for each fence of a task. */
export class DynamoHolds implements Holds {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async latest(place: LabelPlace): Promise<number | undefined> {
    // The fence is that of the sort key, whatever the item's fields have.
    for await (const [item] of this.#table.lastFirst(holdPartition(place), { from: "0", to: ":", most: 1 }))
      if (item) return Number(String(item.sk).slice(0, 10));
    return undefined;
  }

  async release(holds: readonly Hold[]): Promise<void> {
    await this.#table.transact(holds.map((each, index) => this.#table.deleteWrite(`hold ${index}`, keys.hold(each))));
  }
}

/** Makes the writes that hold labels. Nothing else removes or changes them, so a repeated write changes nothing. */
export const holdWrites = (table: DynamoTable, holds: readonly Hold[]): readonly Write[] =>
  holds.map((each, index) =>
    table.putWrite(
      `hold ${index}`,
      keys.hold(each),
      // Later than any window holds it: a new configuration may have longer windows.
      { ttl: diesBy(each) + LABEL_LIMITS.window + MARGIN_SECONDS },
      "whatever",
    ),
  );
