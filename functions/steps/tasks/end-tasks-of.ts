import type { AgentId } from "../../../contract/agent-id.ts";
import type { Ports } from "../../core/ports.ts";
import { type EndedTasks, endAtOnce } from "./end-at-once.ts";
import { endBelow, endTask } from "./end-task.ts";

/**
 * Ends every live task of a halted agent as `revoked`, and the tasks that are still alive below ended ones. A repeat
 * thus finishes an interrupted run. A task that cannot be ended does not block the others.
 * @param untilMs epoch milliseconds after which no further ending is begun; a repeat continues from there.
 * @returns tasks that this call has ended, including other agents' tasks below, and number of endings not begun in
 * time.
 * @throws {Refusal} the first refusal of an ending, once all others were tried.
 */
export async function endTasksOf(
  agent: AgentId,
  by: string,
  ports: Pick<Ports, "agents" | "tasks" | "clock">,
  untilMs = Number.POSITIVE_INFINITY,
): Promise<EndedTasks> {
  // Reads the lists in this order, since a task that ends meanwhile moves from the first to the second.
  const live = await ports.agents.liveTasks(agent);
  const open = await ports.tasks.openEndings(agent);
  const waiting = [
    ...live.map((path) => async () => (await endTask(path, { status: "revoked" }, by, ports)).ended),
    ...open.map((ending) => () => endBelow({ ...ending, hasDelegated: true }, ports)),
  ];
  return endAtOnce(waiting, untilMs, ports);
}
