import type { JournalEvent } from "../../../core/journal/event.ts";
import { hourName, type RightsCounts } from "../../../core/ledger/rights-count.ts";
import { Refusal } from "../../../core/refusal.ts";
import { keys } from "../table/dynamo-keys.ts";
import type { DynamoTable } from "../table/dynamo-table.ts";

/** Counts of unused rights, one event for each hour: `USEJOURNAL#hour`. */
export class DynamoRightsCounts implements RightsCounts {
  readonly #table: Pick<DynamoTable, "get" | "insert">;

  constructor(table: Pick<DynamoTable, "get" | "insert">) {
    this.#table = table;
  }

  async isCounted(hour: number): Promise<boolean> {
    return (await this.#table.get(keys.rightsCounted(hourName(hour)))) !== undefined;
  }

  async append(event: JournalEvent): Promise<void> {
    if (await this.#table.insert(keys.rightsCounted(event.of), { ...event, kind: "EVENT" })) return;
    throw new Refusal("contended", { why: "the hour has a count" });
  }
}
