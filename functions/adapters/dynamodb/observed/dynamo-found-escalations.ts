import {
  type EscalationEntry,
  type EscalationPage,
  type EscalationPlace,
  type FoundEscalations,
  isListed,
} from "../../../core/escalation/found-escalation.ts";
import type { JournalEvent } from "../../../core/journal/event.ts";
import { recordOf } from "../table/dynamo-item.ts";
import { escalationPartition, keys } from "../table/dynamo-keys.ts";
import type { DynamoTable } from "../table/dynamo-table.ts";
import type { Item } from "../table/raw-item.ts";
import { eventWrite } from "../tasks/task-change.ts";

/** Time for which an escalation is listed; seconds. */
const LISTED_SECONDS = 90 * 86_400;

/**
 * Lists of escalations. An escalation has an entry in the list of all, in its agent's and in that of its tree of tasks.
 */
export class DynamoFoundEscalations implements FoundEscalations {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async record(event: JournalEvent, entry: EscalationEntry): Promise<void> {
    const recorded = eventWrite(this.#table, event);
    const ttl = Math.floor(event.at / 1_000) + LISTED_SECONDS;
    const listed = placesOf(entry).map((place) =>
      this.#table.putWrite("entry", keys.escalation(place, entry), { ...entry, ttl }, "absent"),
    );
    const failed = await this.#table.transact([recorded, ...listed]);
    // The mark of this hour exists already, but the event is new.
    if (failed.length > 0 && !failed.includes("event")) await this.#table.transact([recorded]);
  }

  async list(place: EscalationPlace, after: string | undefined, most: number): Promise<EscalationPage> {
    // The range includes the last entry of the page before.
    const range = { from: " ", to: after ?? LAST, most: most + 1 };
    const { value: items = [] } = await this.#table.lastFirst(escalationPartition(place), range).next();
    const page = items.filter(({ sk }: Item) => sk !== after).slice(0, most);
    const last = page.at(-1);
    return {
      entries: page.map((item: Item) => recordOf<EscalationEntry>(item)),
      next: last && items.length > most ? String(last.sk) : undefined,
    };
  }
}

/** Sort key after every entry. */
const LAST = "~";

/** Lists the places of an entry. An entry that names only an account is in the list of all alone. */
function placesOf(entry: EscalationEntry): readonly EscalationPlace[] {
  const { agent } = entry;
  const tree = isListed(entry) && entry.task !== undefined ? [{ tree: entry.task }] : [];
  return ["all", ...(agent === undefined ? [] : [{ agent }]), ...tree];
}
