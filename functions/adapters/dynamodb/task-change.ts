import type { JournalEvent } from "../../core/journal/event.ts";
import { Refusal } from "../../core/refusal.ts";
import type { TaskPath } from "../../core/task-path.ts";
import type { Task } from "../../core/tasks/task.ts";
import { keys } from "./dynamo-keys.ts";
import type { Change, DynamoTable, Write } from "./dynamo-table.ts";

/** A change of a task's own item; `where` is a further condition. */
export interface TaskChange extends Omit<Change, "where"> {
  readonly where?: string;
}

/**
 * Changes an active task that nobody else has changed since it was read, in one transaction with its event.
 * @throws {Refusal} contended; token_replayed where a write named `use` failed.
 */
export async function changeTask(
  table: DynamoTable,
  task: Task,
  event: JournalEvent,
  change: TaskChange,
  others: readonly Write[] = [],
): Promise<void> {
  const where = ["#status = :active", "#chain.#n = :n", ...(change.where ? [change.where] : [])].join(" AND ");
  const failed = await table.transact([
    table.updateWrite("task", keys.task(task.path), {
      set: change.set.includes("SET ") ? `${change.set}, #chain = :chain` : `${change.set} SET #chain = :chain`,
      where,
      names: { ...change.names, status: "status", chain: "chain", n: "n" },
      values: { ...change.values, active: "active", chain: { n: event.n, hash: event.hash }, n: task.chain.n },
    }),
    taskEventWrite(table, task.path, event),
    ...others,
  ]);
  if (failed.includes("use")) throw new Refusal("token_replayed");
  if (failed.length > 0) throw contended(failed);
}

export const taskEventWrite = (table: DynamoTable, path: TaskPath, event: JournalEvent): Write =>
  table.putWrite("event", keys.taskEvent(path, event.n), { ...event, kind: "EVENT" }, "absent");

/** Makes the refusal of a change that lost a race. @param failed names of the writes whose condition did not hold. */
export const contended = (failed: readonly string[]): Refusal =>
  new Refusal("contended", { why: failed.join(" "), retryAfterSeconds: 1 });
