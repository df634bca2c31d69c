import type { JournalEvent } from "../../core/journal/event.ts";
import { parentOf, type TaskPath } from "../../core/tasks/path.ts";
import type { Ending, OpenEnding, Task } from "../../core/tasks/task.ts";
import { endingPartitions, endingsOf, keys } from "./dynamo-keys.ts";
import type { DynamoTable } from "./dynamo-table.ts";
import { endedWrites } from "./role-items.ts";
import { changeTask } from "./task-change.ts";

/** Time for which a closed task stays readable; seconds. Its journal is not removed. */
const CLOSED_SECONDS = 90 * 86_400;

/** Ends a task and takes it out of the lists of live tasks, in one transaction (`Tasks.end`). */
export function endTask(table: DynamoTable, task: Task, ending: Ending, event: JournalEvent): Promise<void> {
  const { status, endedAt, outcome } = ending;
  const change = {
    set: "SET #status = :status, #endedAt = :endedAt, #outcome = :outcome, #ttl = :ttl",
    names: { endedAt: "endedAt", outcome: "outcome", ttl: "ttl" },
    values: { status, endedAt, outcome: outcome ?? null, ttl: endedAt + CLOSED_SECONDS },
  };
  return changeTask(table, task, event, status === "withdrawn" && !task.confirmed ? unlessConfirmed(change) : change, [
    table.deleteWrite("live", keys.live(task.agent, task.path)),
    ...(parentOf(task.path) ? [table.deleteWrite("below", keys.liveBelow(task.path))] : []),
    ...(task.hasDelegated
      ? [table.putWrite("ending", keys.ending(task.agent, task.path), { status }, "whatever")]
      : []),
    ...endedWrites(table, task, endedAt),
  ]);
}

/** Lists the open endings, of one agent or of all. */
export async function openEndings(table: DynamoTable, agent: string | undefined): Promise<readonly OpenEnding[]> {
  const prefix = agent === undefined ? "" : endingsOf(agent);
  const shards = await Promise.all(endingPartitions().map((partition) => table.query(partition, prefix)));
  return shards.flat().map(({ sk, status }) => {
    const [whose = "", path = ""] = String(sk).split("#");
    return { agent: whose, path: path as TaskPath, status: status as OpenEnding["status"] };
  });
}

/** Adds the condition that the task is unconfirmed. A confirmation adds no event, so the head of the chain does not reveal it. */
const unlessConfirmed = <T extends { readonly names: Readonly<Record<string, string>> }>(change: T) => ({
  ...change,
  where: "attribute_not_exists(#confirmed)",
  names: { ...change.names, confirmed: "confirmed" },
});
