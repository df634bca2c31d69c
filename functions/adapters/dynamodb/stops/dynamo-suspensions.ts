import type { Suspensions } from "../../../core/escalation/account-halt.ts";
import type { Clock } from "../../../core/ports.ts";
import { keys } from "../table/dynamo-keys.ts";
import type { DynamoTable } from "../table/dynamo-table.ts";

const HOUR_SECONDS = 3_600;

/** Suspensions of an hour, in one item for each rule and account. */
export class DynamoSuspensions implements Suspensions {
  readonly #table: DynamoTable;
  readonly #clock: Clock;

  constructor(table: DynamoTable, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  async take(rule: string, account: string, counted: string, most: number): Promise<boolean> {
    const hour = Math.floor(this.#clock.nowMs() / 1_000 / HOUR_SECONDS);
    const key = keys.suspensions(rule, account, hour);
    const isTaken = await this.#table.update(key, {
      set: "SET #taken = list_append(if_not_exists(#taken, :none), :one), #ttl = :ttl",
      where: "attribute_not_exists(#taken) OR (size(#taken) < :most AND NOT contains(#taken, :counted))",
      names: { taken: "taken", ttl: "ttl" },
      values: { none: [], one: [counted], counted, most, ttl: (hour + 2) * HOUR_SECONDS },
    });
    if (isTaken) return true;
    const item = await this.#table.get(key);
    return Array.isArray(item?.taken) && item.taken.includes(counted);
  }
}
