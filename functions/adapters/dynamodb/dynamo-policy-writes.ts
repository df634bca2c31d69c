import type { PolicyWrite, PolicyWrites } from "../../core/revocation/policy-writes.ts";
import type { RoleRef } from "../../core/revocation/role-ref.ts";
import { recordOf } from "./dynamo-item.ts";
import { keys } from "./dynamo-keys.ts";
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

  async append({ account, role }: RoleRef, write: PolicyWrite): Promise<void> {
    const ttl = Math.floor(write.writtenAtMs / 1_000) + KEPT_SECONDS;
    await this.#table.insert(keys.policyWrite(account, role, write.snapshotAtMs), { ...write, ttl });
  }

  async after({ account, role }: RoleRef, atMs: number, most: number): Promise<readonly PolicyWrite[]> {
    const { pk, sk } = keys.policyWrite(account, role, atMs);
    const items = await this.#table.page(pk, sk, most);
    // Items from before endings were recorded have none.
    return items.map((item) => ({ endings: [], ...recordOf<StoredWrite>(item) }));
  }
}
