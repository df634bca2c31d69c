import type { RoleRef, Roles } from "../core/ports.ts";
import { mergeEntries, type RoleEntry, standingBuckets } from "../core/revocation/role-entry.ts";
import type { TaskPath } from "../core/tasks/path.ts";
import { TABLE_KEYS } from "../names.ts";
import { rolePartition } from "./dynamo-keys.ts";
import type { DynamoTable } from "./dynamo-table.ts";

const ENTRY = [TABLE_KEYS.sort, "agent", "openedAt", "startedAt", "fenceAt", "endedAt"];

/** All that the reconciler reads: what was issued in a role, and what of it has ended. */
export class DynamoRoles implements Roles {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async entries({ account, role }: RoleRef, nowSeconds: number): Promise<readonly RoleEntry[]> {
    const buckets = standingBuckets(nowSeconds).map((bucket) => rolePartition(account, role, bucket));
    const items = await Promise.all(buckets.map((partition) => this.#table.query(partition, "", ENTRY)));
    return mergeEntries(
      items.flat().map(({ sk, agent, openedAt, startedAt, fenceAt, endedAt }) => ({
        path: sk as TaskPath,
        agent: String(agent),
        openedAt: Number(openedAt),
        startedAt: Number(startedAt),
        fenceAt: Number(fenceAt),
        ...(endedAt === undefined ? {} : { endedAt: Number(endedAt) }),
      })),
    );
  }
}
