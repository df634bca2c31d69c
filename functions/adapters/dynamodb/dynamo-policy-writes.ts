import type { PolicyWrite, PolicyWrites } from "../../core/revocation/policy-writes.ts";
import type { RoleRef } from "../../core/revocation/role-ref.ts";
import { recordOf } from "./dynamo-item.ts";
import { keys } from "./dynamo-keys.ts";
import type { DynamoTable } from "./dynamo-table.ts";

/** How long it can be shown when a policy was written; seconds. */
const KEPT_SECONDS = 7 * 86_400;

type StoredWrite = Omit<PolicyWrite, "endings"> & Partial<Pick<PolicyWrite, "endings">>;

/** One item for each write of a policy, in the order of their snapshots. */
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
    // One that was recorded before there were any endings in it names none.
    return items.map((item) => ({ endings: [], ...recordOf<StoredWrite>(item) }));
  }
}
