import { isDeepStrictEqual } from "node:util";
import { isRegion } from "../../../core/deployment/region.ts";
import { withDeniedWrites } from "../../../core/escalation/denied-writes.ts";
import type { DeniedWrite } from "../../../core/ledger/ledger.ts";
import {
  type AddedRow,
  type CopiedKey,
  type HeldRow,
  type Ledger,
  MOST_COPIES,
  type UseRow,
} from "../../../core/ledger/ledger.ts";
import type { Clock } from "../../../core/ports.ts";
import { Refusal } from "../../../core/refusal.ts";
import type { TaskPath } from "../../../core/task-path.ts";
import { whileContended, withoutPause } from "../../../core/while-contended.ts";
import { keys, usePartition } from "../table/dynamo-keys.ts";
import type { DynamoTable, Write } from "../table/dynamo-table.ts";
import type { Item, Key } from "../table/raw-item.ts";

/**
 * Time for which a counted event is remembered: longer than CloudTrail, EventBridge and SQS repeat a delivery; seconds.
 */
const SEEN_SECONDS = 48 * 3_600;

/** Time for which uses are stored; seconds. */
export const KEPT_SECONDS = 400 * 86_400;

/** Upper bound on attempts to change a list. */
const ATTEMPTS = 8;

/** Ledger in the one table: `USE#root` / `path#action#hash`, and `SEEN#account/event`. */
export class DynamoLedger implements Ledger {
  readonly #table: DynamoTable;
  readonly #clock: Clock;

  constructor(table: DynamoTable, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  async add(
    path: TaskPath,
    eventIds: readonly string[],
    rows: readonly AddedRow[],
    fresh: number,
  ): Promise<readonly string[]> {
    const now = Math.floor(this.#clock.nowMs() / 1_000);
    const failed = await this.#table.transact([
      ...eventIds.map((id) => this.#table.putWrite(id, keys.seen(id), { ttl: now + SEEN_SECONDS }, "absent")),
      ...rows.map((row) => this.#rowWrite(path, row, now)),
      ...(fresh > 0 ? [this.#countWrite(path, fresh, now)] : []),
    ]);
    const seen = failed.filter((name) => eventIds.includes(name));
    if (seen.length === 0 && failed.length > 0) throw new Refusal("contended", { why: "a row of the ledger changed" });
    return seen;
  }

  async held(
    path: TaskPath,
    rows: readonly Pick<UseRow, "action" | "resource">[],
  ): Promise<readonly (HeldRow | undefined)[]> {
    const items = await Promise.all(rows.map((row) => this.#table.get(keys.use(path, row))));
    return items.map((item) => item && rowOf(item));
  }

  async count(path: TaskPath): Promise<number> {
    return Number((await this.#table.get(keys.useCount(path)))?.rows ?? 0);
  }

  async list(path: TaskPath): Promise<readonly UseRow[]> {
    const items = await this.#table.query(usePartition(path), `${path}#`);
    return items.filter(({ action }) => typeof action === "string").map(rowOf);
  }

  async copies(path: TaskPath): Promise<readonly CopiedKey[]> {
    return copiesOf(await this.#table.get(keys.useCopies(path)));
  }

  async learnCopy(path: TaskPath, copy: CopiedKey): Promise<void> {
    await this.#merge(keys.useCopies(path), (item) => {
      const known = copiesOf(item);
      return known.some(({ keyId }) => keyId === copy.keyId) ? known : [...known, copy].slice(-MOST_COPIES);
    });
  }

  rememberDenied(path: TaskPath, writes: readonly DeniedWrite[]): Promise<readonly DeniedWrite[]> {
    return this.#merge(keys.useDenied(path), (item) =>
      withDeniedWrites((item?.all ?? []) as readonly DeniedWrite[], writes),
    );
  }

  /** Merges a list that several processes may change, and writes it where it has changed. @returns the merged list. */
  #merge<T>(key: Key, merged: (item: Item | undefined) => readonly T[]): Promise<readonly T[]> {
    return whileContended(async () => {
      const item = await this.#table.get(key);
      const all = merged(item);
      if (item && isDeepStrictEqual(item.all, all)) return all;
      const n = Number(item?.n ?? 0);
      const isWritten = await this.#table.update(key, {
        set: "SET #all = :all, #n = :next, #ttl = :ttl",
        where: n === 0 ? "attribute_not_exists(#n)" : "#n = :n",
        names: { all: "all", n: "n", ttl: "ttl" },
        values: {
          all,
          next: n + 1,
          ttl: Math.floor(this.#clock.nowMs() / 1_000) + KEPT_SECONDS,
          ...(n === 0 ? {} : { n }),
        },
      });
      if (!isWritten) throw new Refusal("contended");
      return all;
    }, withoutPause(ATTEMPTS));
  }

  /**
   * Makes the write of a row. Adds the counts, and sets a time that is earlier than the stored first or later than the
   * stored last. The condition is that the time still is. A time between the two stays between them, since the first
   * only falls and the last only rises.
   */
  #rowWrite(path: TaskPath, { held, ...row }: AddedRow, now: number): Write {
    const { action, resource, isMapped, used, denied, first, last, region, sourceIp, errorCode, versions } = row;
    const isLatest = held === undefined || last >= held.last;
    const isEarliest = held === undefined || first < held.first;
    const set: Readonly<Record<string, unknown>> = {
      action,
      resource,
      isMapped,
      ttl: now + KEPT_SECONDS,
      ...(isEarliest ? { first } : {}),
      ...(isLatest ? { last, region, sourceIp } : {}),
      ...(errorCode !== undefined && (isLatest || held.errorCode === undefined) ? { errorCode } : {}),
    };
    const added = { ...set, used, denied, ...(versions === undefined ? {} : { versions: new Set(versions) }) };
    const stillBeyond = [
      "#action = :action",
      ...(isEarliest ? ["#first > :first"] : []),
      ...(isLatest ? ["#last <= :last"] : []),
    ];
    return this.#table.updateWrite("row", keys.use(path, row), {
      set: `SET ${Object.keys(set)
        .map((name) => `#${name} = :${name}`)
        .join(", ")} ADD #used :used, #denied :denied${versions === undefined ? "" : ", #versions :versions"}`,
      where: held === undefined ? "attribute_not_exists(#action)" : stillBeyond.join(" AND "),
      names: Object.fromEntries(Object.keys(added).map((name) => [name, name])),
      values: added,
    });
  }

  #countWrite(path: TaskPath, fresh: number, now: number): Write {
    return this.#table.updateWrite("count", keys.useCount(path), {
      set: "SET #ttl = :ttl ADD #rows :fresh",
      where: "attribute_not_exists(#rows) OR #rows >= :none",
      names: { ttl: "ttl", rows: "rows" },
      values: { ttl: now + KEPT_SECONDS, fresh, none: 0 },
    });
  }
}

const copiesOf = (item: Item | undefined): readonly CopiedKey[] => (item?.all ?? []) as readonly CopiedKey[];

function rowOf(item: Item): UseRow {
  const { action, resource, isMapped, used, denied, first, last, region, sourceIp, errorCode, versions } = item;
  return {
    action: String(action),
    resource: String(resource),
    isMapped: isMapped === true,
    used: Number(used),
    denied: Number(denied),
    first: Number(first),
    last: Number(last),
    region: isRegion(region) ? region : "",
    sourceIp: String(sourceIp),
    ...(typeof errorCode === "string" ? { errorCode } : {}),
    ...(versions instanceof Set ? { versions: [...versions].map(String).sort() } : {}),
  };
}
