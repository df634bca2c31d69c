import { isAgentId } from "../../../../contract/agent-id.ts";
import { type EndedEntry, endedEntry, type RoleEntry, roleEntries } from "../../../core/revocation/role-entry.ts";
import { isTaskPath } from "../../../core/task-path.ts";
import type { SessionLease, Task } from "../../../core/tasks/task.ts";
import { keys } from "../table/dynamo-keys.ts";
import { type DynamoTable, MARGIN_SECONDS, type Write } from "../table/dynamo-table.ts";
import type { Item } from "../table/raw-item.ts";

/**
 * Writes the task's entry in the list of each lease's role, replacing an earlier one where there is one. The condition on the task's own item, in
 * the same transaction, ensures that no ended task becomes alive again.
 */
export const roleWrites = (table: DynamoTable, task: Task, leases: readonly SessionLease[]): readonly Write[] =>
  roleEntries(task, leases).map(({ account, role, entry }) =>
    table.putWrite("role", keys.role({ account, role }, entry.path), itemOfEntry(entry), "whatever"),
  );

/** Moves the task's entry in each role from the list of living tasks to the list of ended ones. */
export const endedWrites = (table: DynamoTable, task: Task, endedAt: number): readonly Write[] =>
  roleEntries(task, task.leases).flatMap(({ account, role, entry }) => {
    const hasDelegated = task.hasDelegated ?? false;
    const ended = endedEntry(entry, endedAt, hasDelegated);
    return [
      table.deleteWrite("role", keys.role({ account, role }, entry.path)),
      table.putWrite("ended", keys.ended({ account, role }, ended, hasDelegated), itemOfEntry(ended), "whatever"),
    ];
  });

/** Reads an entry as a list of one. Leaves out one whose sort key is no task's path: no session has its name. */
export function entriesOf({ sk, agent, openedAt, startedAt, fenceAt, expiresAt }: Item): readonly RoleEntry[] {
  if (!isTaskPath(sk)) return [];
  const times = { openedAt: Number(openedAt), startedAt: Number(startedAt), fenceAt: Number(fenceAt) };
  const deadline = expiresAt === undefined ? {} : { expiresAt: Number(expiresAt) };
  return [{ path: sk, agent: isAgentId(agent) ? agent : "", ...times, ...deadline }];
}

/** Reads an ended entry; its sort key holds the time of its end and its path. */
export function endedEntriesOf(item: Item): readonly EndedEntry[] {
  const [, endedAt, path] = String(item.sk).split("#");
  return entriesOf({ ...item, sk: path }).map((entry) => ({ ...entry, endedAt: Number(endedAt) }));
}

/**
 * Makes an entry's item without path and end, which are in its key. The item stays until the sweep must have seen the
 * task's deadline.
 */
const itemOfEntry = ({ path: _, endedAt: __, ...entry }: RoleEntry): Item => ({
  ...entry,
  ttl: Math.max(entry.fenceAt, entry.expiresAt ?? 0) + MARGIN_SECONDS,
});
