import type { RoleRef, Roles } from "../core/ports.ts";
import type { RoleEntry } from "../core/revocation/render.ts";
import type { TaskPath } from "../core/tasks/path.ts";
import { rolePartition } from "./dynamo-keys.ts";
import type { DynamoTable } from "./dynamo-table.ts";

/** All that the reconciler reads: what was issued in a role, and what of it has ended. */
export class DynamoRoles implements Roles {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async entries({ account, role }: RoleRef): Promise<readonly RoleEntry[]> {
    const items = await this.#table.query(rolePartition(account, role), "");
    return items.map(({ sk, openedAt, fenceAt, endedAt }) => ({
      path: sk as TaskPath,
      openedAt: Number(openedAt),
      fenceAt: Number(fenceAt),
      ...(endedAt === undefined ? {} : { endedAt: Number(endedAt) }),
    }));
  }
}
