import type { Ledger, UseRow } from "../../core/ledger/ledger.ts";
import type { Clock } from "../../core/ports.ts";
import type { TaskPath } from "../../core/tasks/path.ts";
import { keys, usePartition } from "./dynamo-keys.ts";
import type { DynamoTable, Item, Write } from "./dynamo-table.ts";

/** Time for which it is known that an event was counted: longer than CloudTrail, EventBridge and SQS deliver it again; seconds. */
const SEEN_SECONDS = 48 * 3_600;

/** Time for which uses are kept; seconds. */
const KEPT_SECONDS = 400 * 86_400;

/** Ledger in the one table: `USE#root` / `path#action#hash`, and `SEEN#event`. */
export class DynamoLedger implements Ledger {
  readonly #table: DynamoTable;
  readonly #clock: Clock;

  constructor(table: DynamoTable, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  add(path: TaskPath, eventIds: readonly string[], rows: readonly UseRow[], fresh: number): Promise<readonly string[]> {
    const now = Math.floor(this.#clock.nowMs() / 1_000);
    return this.#table.transact([
      ...eventIds.map((id) => this.#table.putWrite(id, keys.seen(id), { ttl: now + SEEN_SECONDS }, "absent")),
      ...rows.map((row) => this.#rowWrite(path, row, now)),
      ...(fresh > 0 ? [this.#countWrite(path, fresh, now)] : []),
    ]);
  }

  async has(path: TaskPath, rows: readonly Pick<UseRow, "action" | "resource">[]): Promise<readonly boolean[]> {
    const items = await Promise.all(rows.map((row) => this.#table.get(keys.use(path, row))));
    return items.map((item) => item !== undefined);
  }

  async count(path: TaskPath): Promise<number> {
    return Number((await this.#table.get(keys.useCount(path)))?.rows ?? 0);
  }

  async list(path: TaskPath): Promise<readonly UseRow[]> {
    const items = await this.#table.query(usePartition(path), `${path}#`);
    return items.filter(({ action }) => typeof action === "string").map(rowOf);
  }

  #rowWrite(path: TaskPath, row: UseRow, now: number): Write {
    const { action, resource, isMapped, used, denied, first, last, region, sourceIp, errorCode } = row;
    return this.#table.updateWrite("row", keys.use(path, row), {
      set: `SET #action = :action, #resource = :resource, #isMapped = :isMapped, #first = if_not_exists(#first, :first), #last = :last, #region = :region, #sourceIp = :sourceIp, #ttl = :ttl${errorCode === undefined ? "" : ", #errorCode = :errorCode"} ADD #used :used, #denied :denied`,
      // Rows are removed by their TTL alone, so this holds always; a change needs a condition.
      where: "attribute_not_exists(#action) OR #action = :action",
      names: named(
        ["action", "resource", "isMapped", "first", "last", "region", "sourceIp", "ttl", "used", "denied"],
        errorCode,
      ),
      values: {
        action,
        resource,
        isMapped,
        first,
        last,
        region,
        sourceIp,
        used,
        denied,
        errorCode,
        ttl: now + KEPT_SECONDS,
      },
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

const named = (names: readonly string[], errorCode: string | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries([...names, ...(errorCode === undefined ? [] : ["errorCode"])].map((name) => [name, name]));

function rowOf(item: Item): UseRow {
  const { action, resource, isMapped, used, denied, first, last, region, sourceIp, errorCode } = item;
  return {
    action: String(action),
    resource: String(resource),
    isMapped: isMapped === true,
    used: Number(used),
    denied: Number(denied),
    first: Number(first),
    last: Number(last),
    region: String(region),
    sourceIp: String(sourceIp),
    ...(typeof errorCode === "string" ? { errorCode } : {}),
  };
}
