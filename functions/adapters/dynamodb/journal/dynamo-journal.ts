import type { JournalEvent } from "../../../core/journal/event.ts";
import type { Journal } from "../../../core/journal/journal.ts";
import { Refusal } from "../../../core/refusal.ts";
import { knownPath } from "../../../core/task-path.ts";
import { keys } from "../table/dynamo-keys.ts";
import type { DynamoTable } from "../table/dynamo-table.ts";

/** Journal of events that change no record: refusals, each under a root of its own. */
export class DynamoJournal implements Journal {
  readonly #table: DynamoTable;
  readonly #key: typeof keys.taskEvent;

  /** @param key place of an event; the tasks' journal unless given. */
  constructor(table: DynamoTable, key: typeof keys.taskEvent = keys.taskEvent) {
    this.#table = table;
    this.#key = key;
  }

  async append(event: JournalEvent): Promise<void> {
    const isNew = await this.#table.insert(this.#key(knownPath(event.of), event.n), { ...event, kind: "EVENT" });
    if (!isNew) throw new Refusal("contended", { why: "an event of this number exists" });
  }
}
