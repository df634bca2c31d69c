import { isTaskPath } from "../../../core/task-path.ts";
import type { Timer, Timers } from "../../../core/tasks/timers.ts";
import { keys, timerPartitions } from "../table/dynamo-keys.ts";
import type { DynamoTable } from "../table/dynamo-table.ts";

/**
 * Time for which an entry waits for the sweep; seconds. Then DynamoDB's TTL removes the entry, and the removal replaces
 * the sweep.
 */
const MARGIN_SECONDS = 3_600;

/**
 * Due lists in the one table: `TIMER#<minute>#<shard>`, with an entry for each task. One more item holds the position
 * of the sweep.
 */
export class DynamoTimers implements Timers {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async due(minute: number): Promise<readonly Timer[]> {
    const shards = await Promise.all(timerPartitions(minute).map((partition) => this.#table.query(partition, "")));
    return shards
      .flat()
      .flatMap(({ sk, tries }) => (isTaskPath(sk) ? [{ path: sk, minute, tries: Number(tries ?? 0) }] : []));
  }

  async move({ path, minute }: Timer, to: Pick<Timer, "minute" | "tries">): Promise<void> {
    await this.#table.transact([
      this.#table.putWrite(
        "timer",
        keys.timer(to.minute, path),
        { tries: to.tries, ttl: to.minute * 60 + MARGIN_SECONDS },
        "whatever",
      ),
      this.#table.deleteWrite("old timer", keys.timer(minute, path)),
    ]);
  }

  remove({ path, minute }: Timer): Promise<void> {
    return this.#table.delete(keys.timer(minute, path));
  }

  async sweptTo(): Promise<number | undefined> {
    const item = await this.#table.get(keys.sweptTo());
    return item && Number(item.minute);
  }

  async setSweptTo(minute: number, wrong = minute): Promise<void> {
    // Ignores a failed condition: another sweep has recorded a position at least as far.
    await this.#table.update(keys.sweptTo(), {
      set: "SET #minute = :minute",
      where: "attribute_not_exists(#minute) OR #minute < :minute OR #minute = :wrong",
      names: { minute: "minute" },
      values: { minute, wrong },
    });
  }
}
