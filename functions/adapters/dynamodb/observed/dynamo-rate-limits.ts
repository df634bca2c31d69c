import { createHash } from "node:crypto";
import type { FunctionName } from "../../../../contract/names.ts";
import { type Limited, windowOf } from "../../../core/rate-limit.ts";
import type { RateLimits } from "../../../core/rate-limits.ts";
import { TimedCache } from "../../memory/timed-cache.ts";
import { keys } from "../table/dynamo-keys.ts";
import type { DynamoTable } from "../table/dynamo-table.ts";

/** Time for which a window's count is stored afterwards; seconds. */
const KEPT_SECONDS = 3_600;

/**
 * Counts of requests, one item for each function, caller, window and kind. A count is written outside of every
 * transaction. Only one caller contends for an item, and no other write waits. A process remembers an exceeded limit,
 * so a flood costs it at most one more write a minute.
 */
export class DynamoRateLimits implements RateLimits {
  readonly #table: DynamoTable;
  readonly #nowMs: () => number;
  readonly #over: TimedCache<true>;
  readonly #by: FunctionName;

  /** @param by function that counts; its IAM role can write no counts of other functions. */
  constructor(table: DynamoTable, nowMs: () => number, by: FunctionName) {
    this.#by = by;
    this.#table = table;
    this.#nowMs = nowMs;
    this.#over = new TimedCache(60_000, 1_000, nowMs);
  }

  isOver(who: string, what: Limited): boolean {
    return this.#over.find(this.#nameOf(who, what)) !== undefined;
  }

  async count(who: string, what: Limited, most: number): Promise<boolean> {
    if (this.isOver(who, what)) return false;
    const { begin, end } = windowOf(what, this.#nowMs());
    const name = this.#nameOf(who, what);
    const isWithin = await this.#table.update(keys.pace(this.#by, digest(who), begin, what), {
      set: "SET #ttl = :ttl ADD #count :one",
      where: "attribute_not_exists(#count) OR #count < :most",
      names: { count: "count", ttl: "ttl" },
      values: { one: 1, most, ttl: end * 60 + KEPT_SECONDS },
    });
    if (!isWithin) this.#over.keep(name, true);
    return isWithin;
  }

  #nameOf(who: string, what: Limited): string {
    return JSON.stringify([who, what, windowOf(what, this.#nowMs()).begin]);
  }
}

/** Shortens a caller's name, since a person's subject may be longer than a key. */
const digest = (who: string): string => createHash("sha256").update(who).digest("base64url");
