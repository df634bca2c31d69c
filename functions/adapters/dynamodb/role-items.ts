import { type EndedEntry, endedEntry, type RoleEntry, roleEntries } from "../../core/revocation/role-entry.ts";
import type { TaskPath } from "../../core/tasks/path.ts";
import type { Lease, Task } from "../../core/tasks/task.ts";
import { keys } from "./dynamo-keys.ts";
import { type DynamoTable, type Item, MARGIN_SECONDS, type Write } from "./dynamo-table.ts";

/**
 * Writes what was issued in each role, over what stood there before, if anything: a renewal, or an entry whose fence fell so long ago that it was
 * removed. Nothing that ended is ever made alive again: the task's own item sees to it, in the same transaction.
 */
export const roleWrites = (table: DynamoTable, task: Task, leases: readonly Lease[]): readonly Write[] =>
  roleEntries(task, leases).map(({ account, role, entry }) =>
    table.putWrite("role", keys.role({ account, role }, entry.path), itemOfEntry(entry), "whatever"),
  );

/** Moves the task's entry in each role from what may be alive there to what has ended there. */
export const endedWrites = (table: DynamoTable, task: Task, endedAt: number): readonly Write[] =>
  roleEntries(task, task.leases).flatMap(({ account, role, entry }) => {
    const hasDelegated = task.hasDelegated ?? false;
    const ended = endedEntry(entry, endedAt, hasDelegated);
    return [
      table.deleteWrite("role", keys.role({ account, role }, entry.path)),
      table.putWrite("ended", keys.ended({ account, role }, ended, hasDelegated), itemOfEntry(ended), "whatever"),
    ];
  });

export const entryOf = ({ sk, agent, openedAt, startedAt, fenceAt }: Item): RoleEntry => ({
  path: sk as TaskPath,
  agent: String(agent),
  openedAt: Number(openedAt),
  startedAt: Number(startedAt),
  fenceAt: Number(fenceAt),
});

/** When it ended is in its sort key, before its path. */
export function endedEntryOf(item: Item): EndedEntry {
  const [, endedAt, path] = String(item.sk).split("#");
  return { ...entryOf({ ...item, sk: path }), endedAt: Number(endedAt) };
}

/** Its path, and when it ended, are in its key. */
const itemOfEntry = ({ path: _, endedAt: __, ...entry }: RoleEntry): Item => ({
  ...entry,
  ttl: entry.fenceAt + MARGIN_SECONDS,
});
