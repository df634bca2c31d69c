import type { JournalEvent } from "../../../core/journal/event.ts";
import { Refusal } from "../../../core/refusal.ts";
import { type PolicyWrite, type PolicyWrites, writeOf } from "../../../core/revocation/policy-writes.ts";
import type { RoleRef } from "../../../core/revocation/roles.ts";
import { recordOf } from "../table/dynamo-item.ts";
import { keys, roleJournal } from "../table/dynamo-keys.ts";
import type { DynamoTable } from "../table/dynamo-table.ts";
import type { Item } from "../table/raw-item.ts";

/**
 * Time by which the order of a role's events may differ from that of their snapshots; milliseconds. Two writers overlap
 * for seconds (`takeRole`).
 */
const OUT_OF_ORDER_MS = 60_000;

/** Number of events that one query reads. */
const PAGE = 60;

/** Policy writes, which are the events of the roles' journals: one item each. */
export class DynamoPolicyWrites implements PolicyWrites {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async append(role: RoleRef, event: JournalEvent): Promise<void> {
    if (await this.#table.insert(keys.roleEvent(role, event.n), { ...event, kind: "EVENT" })) return;
    throw new Refusal("contended", { why: "an event of this number exists" });
  }

  async last(role: RoleRef): Promise<JournalEvent | undefined> {
    for await (const [item] of this.#table.lastFirst(roleJournal(role), { from: "EVENT#", to: "EVENT#~", most: 1 }))
      return item && eventOf(item);
    return undefined;
  }

  async after(role: RoleRef, atMs: number, most: number): Promise<readonly PolicyWrite[]> {
    const writes: PolicyWrite[] = [];
    let before = await this.#lastUntil(role, atMs - OUT_OF_ORDER_MS);
    for (;;) {
      const events = (await this.#table.page(roleJournal(role), keys.roleEvent(role, before).sk, PAGE)).map(eventOf);
      writes.push(...events.map(writeOf).filter(({ snapshotAtMs }) => snapshotAtMs > atMs));
      if (events.length < PAGE || writes.length >= most) break;
      before += events.length;
    }
    return writes.toSorted((one, other) => one.snapshotAtMs - other.snapshotAtMs).slice(0, most);
  }

  /**
   * Finds the number of the last event up to a moment, or an earlier number; 0 where there is none. Numbers have no
   * gaps: the search goes back from the last event in growing steps, and then halves the range.
   */
  async #lastUntil(role: RoleRef, atMs: number): Promise<number> {
    const isUntil = async (n: number): Promise<boolean> => {
      if (n === 0) return true;
      const [item] = await this.#table.page(roleJournal(role), keys.roleEvent(role, n - 1).sk, 1);
      return item !== undefined && eventOf(item).at <= atMs;
    };
    let later = ((await this.last(role))?.n ?? 0) + 1;
    let until = Math.max(0, later - PAGE);
    while (!(await isUntil(until))) [later, until] = [until, Math.max(0, until - 2 * (later - until))];
    while (later - until > PAGE) {
      const middle = Math.floor((until + later) / 2);
      if (await isUntil(middle)) until = middle;
      else later = middle;
    }
    return until;
  }
}

function eventOf(item: Item): JournalEvent {
  const { kind: _, ...event } = recordOf<JournalEvent & { readonly kind: string }>(item);
  return event;
}
