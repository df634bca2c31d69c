import { type AgentId, isAgentId } from "../../../../contract/agent-id.ts";
import type { JournalEvent } from "../../../core/journal/event.ts";
import { isTaskPath, parentOf } from "../../../core/task-path.ts";
import type { Ending, OpenEnding, Task } from "../../../core/tasks/task.ts";
import type { EndedPage } from "../../../core/tasks/tasks.ts";
import { endedWrites } from "../leases/role-items.ts";
import { endedOfPartition, endingPartitions, endingsOf, keys } from "../table/dynamo-keys.ts";
import type { DynamoTable } from "../table/dynamo-table.ts";
import { removedWrites } from "./kept-sessions.ts";
import { changeTask } from "./task-change.ts";

/** Time for which an ended task stays readable; seconds. The task's journal is not removed. */
const CLOSED_SECONDS = 90 * 86_400;

/** Ends a task and removes it from the lists of live tasks, in one transaction (`Tasks.end`). */
export function endTask(table: DynamoTable, task: Task, ending: Ending, event: JournalEvent): Promise<void> {
  const { status, endedAt, endedBy, outcome } = ending;
  const change = {
    set: `SET #status = :status, #endedAt = :endedAt, #outcome = :outcome, #ttl = :ttl${endedBy === undefined ? "" : ", #endedBy = :endedBy"}`,
    names: {
      endedAt: "endedAt",
      outcome: "outcome",
      ttl: "ttl",
      ...(endedBy === undefined ? {} : { endedBy: "endedBy" }),
    },
    values: { status, endedAt, endedBy, outcome: outcome ?? null, ttl: endedAt + CLOSED_SECONDS },
  };
  return changeTask(table, task, event, status === "withdrawn" && !task.confirmed ? unlessConfirmed(change) : change, [
    table.deleteWrite("live", keys.live(task.agent, task.path)),
    ...(parentOf(task.path) ? [table.deleteWrite("below", keys.liveBelow(task.path))] : []),
    ...(task.hasDelegated
      ? [table.putWrite("ending", keys.ending(task.agent, task.path), { status }, "whatever")]
      : []),
    ...endedWrites(table, task, endedAt),
    ...removedWrites(table, task),
    // Omits a withdrawn task from the list: it was handed to nobody, so nobody looks for it.
    ...(status === "withdrawn" ? [] : [listWrite(table, task, endedAt)]),
  ]);
}

const listWrite = (table: DynamoTable, { agent, path }: Task, endedAt: number) =>
  table.putWrite("listed", keys.endedOf(agent, endedAt, path), { ttl: endedAt + CLOSED_SECONDS }, "whatever");

/** Lists one page of an agent's ended tasks, the latest first. */
export async function endedTasks(
  table: DynamoTable,
  agent: AgentId,
  before: string | undefined,
  most: number,
): Promise<EndedPage> {
  // The range includes the last entry of the page before.
  const range = { from: " ", to: before ?? LAST_ENDED, most: most + 1 };
  for await (const items of table.lastFirst(endedOfPartition(agent), range)) {
    const marks = items.map(({ sk }) => String(sk)).filter((mark) => mark !== before);
    const shown = marks.slice(0, most);
    const last = shown.at(-1);
    const isMore = last !== undefined && items.length > most;
    return {
      paths: shown.map((mark) => mark.slice(mark.indexOf("#") + 1)).filter(isTaskPath),
      ...(isMore ? { next: last } : {}),
    };
  }
  return { paths: [] };
}

/** Sort key after every entry. */
const LAST_ENDED = "9999999999$";

/** Lists the open endings, of one agent or of all. */
export async function openEndings(table: DynamoTable, agent: AgentId | undefined): Promise<readonly OpenEnding[]> {
  const prefix = agent === undefined ? "" : endingsOf(agent);
  const shards = await Promise.all(endingPartitions().map((partition) => table.query(partition, prefix)));
  return shards.flat().flatMap(({ sk, status }) => {
    const [whose = "", path = ""] = String(sk).split("#");
    return isAgentId(whose) && isTaskPath(path) ? [{ agent: whose, path, status: status as OpenEnding["status"] }] : [];
  });
}

/** Adds the condition that the task is unconfirmed. A confirmation adds no event, so the head of the chain does not reveal it. */
const unlessConfirmed = <T extends { readonly names: Readonly<Record<string, string>> }>(change: T) => ({
  ...change,
  where: "attribute_not_exists(#confirmed)",
  names: { ...change.names, confirmed: "confirmed" },
});
