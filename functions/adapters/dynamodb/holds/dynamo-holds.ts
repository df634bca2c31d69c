import { LABEL_LIMITS } from "../../../../contract/limits.ts";
import {
  type HeldLeases,
  HOLDS_READ,
  type Hold,
  type Holds,
  type LabelPlace,
  UNTIL_REVOKED,
} from "../../../core/holds/holds.ts";
import { diesBy } from "../../../core/revocation/role-entry.ts";
import { knownPath } from "../../../core/task-path.ts";
import { holdPartition, keys } from "../table/dynamo-keys.ts";
import { type DynamoTable, MARGIN_SECONDS, type Write } from "../table/dynamo-table.ts";
import type { Item } from "../table/raw-item.ts";

/** Labels in the one table: a partition for each label of a holder, an item for each fence of a task. */
export class DynamoHolds implements Holds {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async latest(place: LabelPlace): Promise<readonly Hold[]> {
    for await (const items of this.#table.lastFirst(holdPartition(place), { from: "0", to: ":", most: HOLDS_READ }))
      return items.map((item) => holdOf(place, item));
    return [];
  }

  async end(hold: Hold, fenceAt: number): Promise<boolean> {
    const { leases, ...held } = hold;
    if (leases === undefined) return false;
    const pending = leases.names.map((name) => keys.pendingRevocation({ path: hold.task, name }));
    // Read first, so that a request which finds the label held disturbs no revocation by its transaction.
    const found = await Promise.all(pending.map((key) => this.#table.get(key)));
    if (found.some((item) => item !== undefined)) return false;
    const failed = await this.#table.transact([
      ...pending.map((key, index) => this.#table.checkWrite(`revoked ${index}`, key, "absent")),
      this.#table.deleteWrite("ended", keys.hold(hold)),
      ...holdWrites(this.#table, [{ ...held, fenceAt }]),
    ]);
    return failed.length === 0;
  }

  async release(holds: readonly Hold[]): Promise<void> {
    await this.#table.transact(holds.map((each, index) => this.#table.deleteWrite(`hold ${index}`, keys.hold(each))));
  }
}

/** Makes the writes that hold labels. Nothing else removes or changes them, so a repeated write changes nothing. */
export const holdWrites = (table: DynamoTable, holds: readonly Hold[]): readonly Write[] =>
  holds.map((each, index) => table.putWrite(`hold ${index}`, keys.hold(each), itemOf(each), "whatever"));

const itemOf = (hold: Hold): Item => ({
  ...(hold.leases === undefined ? {} : { leases: hold.leases }),
  // Later than any window holds it: a new configuration may have longer windows.
  ...(hold.fenceAt === UNTIL_REVOKED ? {} : { ttl: diesBy(hold) + LABEL_LIMITS.window + MARGIN_SECONDS }),
});

/** Reads a hold. Its fence and its task are those of the sort key, whatever the item's fields have. */
function holdOf(place: LabelPlace, { sk, leases }: Item): Hold {
  const [fence, task = ""] = String(sk).split("#");
  return {
    ...place,
    fenceAt: Number(fence),
    task: knownPath(task),
    ...(leases === undefined ? {} : { leases: leases as HeldLeases }),
  };
}
