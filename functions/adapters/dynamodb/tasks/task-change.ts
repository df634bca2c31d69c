import type { RefusalCode } from "../../../../contract/refusals.ts";
import { defined } from "../../../core/defined.ts";
import { partyOf } from "../../../core/delegation/party.ts";
import type { JournalEvent } from "../../../core/journal/event.ts";
import { Refusal } from "../../../core/refusal.ts";
import { knownPath, type TaskPath } from "../../../core/task-path.ts";
import { dueMinute, needsTimer, type Task } from "../../../core/tasks/task.ts";
import { roleWrites } from "../leases/role-items.ts";
import { keys } from "../table/dynamo-keys.ts";
import { type Change, type DynamoTable, MARGIN_SECONDS, type Write } from "../table/dynamo-table.ts";
import type { Item } from "../table/raw-item.ts";

/** Change of a task's own item. `where` is a further condition. */
export interface TaskChange extends Omit<Change, "where"> {
  readonly where?: string;
}

/**
 * Changes an active task that nobody else has changed since it was read, in one transaction with its event.
 * @throws {Refusal} contended; or the refusal of one of the other writes that failed (`REFUSALS`).
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
  const [refused] = failed.flatMap((name) => REFUSALS[name] ?? []);
  if (refused) throw new Refusal(refused);
  if (failed.length > 0) throw contended(failed);
}

/** Refusals, by the name of the failed write, where a repeat would fail too. */
const REFUSALS: Readonly<Record<string, RefusalCode>> = {
  use: "token_replayed",
  cut: "person_ended",
  consented: "consent_ended",
};

/**
 * Makes the entry in the agent's list of live tasks. The TTL is the backstop of the sweep: the stream reports a
 * removal, and the task is ended. The ending of a task so long past its deadline does not need the entry.
 */
export const liveItem = (task: Task): Item => {
  const party = partyOf(task);
  return { openedAt: task.openedAt, ...defined({ party }), ...timerItem(task) };
};

export const timerItem = ({ expiresAt }: Pick<Task, "expiresAt">): Item => ({
  expiresAt,
  ttl: expiresAt + MARGIN_SECONDS,
});

/**
 * Makes the writes for a task's new deadline: the entry among its agent's live tasks, and those in its leases' roles or
 * the due list. The entry among the live tasks must still exist. An ending removes it for good, and a record that
 * somebody set back to active must not restore it.
 */
export function deadlineWrites(table: DynamoTable, task: Task): readonly Write[] {
  const { path, agent, expiresAt } = task;
  const alive = { where: "attribute_exists(#pk)", names: { pk: "pk" }, values: {} };
  return [
    table.putWrite("live", keys.live(agent, path), liveItem(task), alive),
    ...(needsTimer(task)
      ? [table.putWrite("timer", keys.timer(dueMinute(expiresAt), path), timerItem(task), "whatever")]
      : roleWrites(table, task, task.leases)),
  ];
}

export const taskEventWrite = (table: DynamoTable, path: TaskPath, event: JournalEvent): Write =>
  table.putWrite("event", keys.taskEvent(path, event.n), { ...event, kind: "EVENT" }, "absent");

/** Writes an event into the chain of its subject, which is a task's path. */
export const eventWrite = (table: DynamoTable, event: JournalEvent): Write =>
  taskEventWrite(table, knownPath(event.of), event);

/** Makes the refusal of a change that lost a race. @param failed names of the writes whose condition did not hold. */
export const contended = (failed: readonly string[]): Refusal =>
  new Refusal("contended", { why: failed.join(" "), retryAfterSeconds: 1 });
