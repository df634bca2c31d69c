import type { AccountId } from "../../../core/deployment/account-id.ts";
import type { Heard } from "../../../core/ledger/heard.ts";
import { MOST_ACCOUNTS } from "../../../names.ts";
import { TimedCache } from "../../memory/timed-cache.ts";
import { HEARD, keys } from "../table/dynamo-keys.ts";
import type { DynamoTable } from "../table/dynamo-table.ts";

/** Time after which an account's item is written again; seconds. */
const EVERY_SECONDS = 3_600;

/**
 * Accounts from which a call was seen: `HEARD#` / account. A process remembers its writes, so a busy account costs no
 * further writes.
 */
export class DynamoHeard implements Heard {
  readonly #table: Pick<DynamoTable, "update" | "query">;
  readonly #nowMs: () => number;
  readonly #written: TimedCache<true>;

  constructor(table: Pick<DynamoTable, "update" | "query">, nowMs: () => number) {
    this.#table = table;
    this.#nowMs = nowMs;
    this.#written = new TimedCache(EVERY_SECONDS * 1_000, MOST_ACCOUNTS, nowMs);
  }

  async hear(accounts: readonly AccountId[]): Promise<void> {
    const now = Math.floor(this.#nowMs() / 1_000);
    for (const account of new Set(accounts)) {
      if (this.#written.find(account)) continue;
      await this.#table.update(keys.heard(account), {
        set: "SET #at = :now",
        // Replaces a time in the future, which this function cannot have written.
        where: "attribute_not_exists(#at) OR #at <= :before OR #at > :now",
        names: { at: "at" },
        values: { now, before: now - EVERY_SECONDS },
      });
      this.#written.keep(account, true);
    }
  }

  async all(): Promise<ReadonlyMap<string, number>> {
    const items = await this.#table.query(HEARD, "");
    return new Map(items.map(({ sk, at }) => [String(sk), Number(at)]));
  }
}
