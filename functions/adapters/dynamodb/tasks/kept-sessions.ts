import type { TaskPath } from "../../../core/task-path.ts";
import type { KeptSessions, LockedSession } from "../../../core/tasks/session-vault.ts";
import type { Task } from "../../../core/tasks/task.ts";
import type { KeptSession } from "../../../core/tasks/tasks.ts";
import { keys } from "../table/dynamo-keys.ts";
import { type DynamoTable, MARGIN_SECONDS, type Write } from "../table/dynamo-table.ts";

/** Builds the write of a session that stays in the hub, in place of the lease's earlier one. */
export const keptWrite = (table: DynamoTable, path: TaskPath, { lease, ...locked }: KeptSession): Write =>
  table.putWrite(
    "kept",
    keys.keptSession(path, lease),
    { ...locked, ttl: locked.fenceAt + MARGIN_SECONDS },
    "whatever",
  );

/** Builds the removals of a task's sessions, for the transaction that ends the task. */
export const removedWrites = (table: DynamoTable, { path, leases }: Task): readonly Write[] =>
  leases
    .filter(({ delivery }) => delivery === "sign")
    .map(({ name }) => table.deleteWrite("kept", keys.keptSession(path, name)));

/** Sessions that stay in the hub, in the one table. */
export class DynamoKeptSessions implements KeptSessions {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async read(path: TaskPath, lease: string): Promise<LockedSession | undefined> {
    const item = await this.#table.get(keys.keptSession(path, lease));
    return (
      item && {
        accessKeyId: String(item.accessKeyId),
        sealed: String(item.sealed),
        issuedAt: Number(item.issuedAt),
        fenceAt: Number(item.fenceAt),
      }
    );
  }
}
