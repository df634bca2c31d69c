import type { JournalEvent } from "../../core/journal/event.ts";
import { Refusal } from "../../core/refusal.ts";
import type { PolicyWrite, PolicyWrites } from "../../core/revocation/policy-writes.ts";
import type { RoleRef } from "../../core/revocation/role-ref.ts";
import { recordOf } from "./dynamo-item.ts";
import { keys, roleJournal } from "./dynamo-keys.ts";
import type { DynamoTable } from "./dynamo-table.ts";

/** Time for which policy writes are stored; seconds. */
const KEPT_SECONDS = 7 * 86_400;

type StoredWrite = Omit<PolicyWrite, "endings"> & Partial<Pick<PolicyWrite, "endings">>;

/** Policy writes, one item each, in the order of their snapshots. */
export class DynamoPolicyWrites implements PolicyWrites {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async append(role: RoleRef, write: PolicyWrite, event: JournalEvent): Promise<void> {
    const ttl = Math.floor(write.writtenAtMs / 1_000) + KEPT_SECONDS;
    const key = keys.policyWrite(role.account, role.role, write.snapshotAtMs);
    const failed = await this.#table.transact([
      this.#table.putWrite("write", key, { ...write, ttl }, "whatever"),
      this.#table.putWrite("event", keys.roleEvent(role, event.n), { ...event, kind: "EVENT" }, "absent"),
    ]);
    if (failed.length > 0) throw new Refusal("contended", { why: "an event of this number exists" });
  }

  async last(role: RoleRef): Promise<JournalEvent | undefined> {
    for await (const [item] of this.#table.lastFirst(roleJournal(role), { from: "EVENT#", to: "EVENT#~", most: 1 })) {
      if (!item) return undefined;
      const { kind: _, ...event } = recordOf<JournalEvent & { readonly kind: string }>(item);
      return event;
    }
    return undefined;
  }

  async after({ account, role }: RoleRef, atMs: number, most: number): Promise<readonly PolicyWrite[]> {
    const { pk, sk } = keys.policyWrite(account, role, atMs);
    const items = await this.#table.page(pk, sk, most);
    // Items from before endings were recorded have none.
    return items.map((item) => ({ endings: [], ...recordOf<StoredWrite>(item) }));
  }
}
