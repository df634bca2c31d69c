import { runAtOnce } from "../../core/at-once.ts";
import type { Ports } from "../../core/ports.ts";
import { endBelow, endTask } from "./end-task.ts";

/** How many tasks are being ended at one time: enough for a thousand in some seconds, few enough for one table. */
const AT_ONCE = 24;

/**
 * Ends every live task of an agent that is halted already, as `revoked`, and what is still alive below those that ended before: a repeat
 * finishes what broke off. A task that cannot be ended does not block the others.
 * @param untilMs epoch milliseconds after which no further one is begun; a repeat goes on from there.
 * @returns how many tasks this call has ended, those of other agents below included; and how many of the agent's own are left, with all below them.
 * @throws {Refusal} the first refusal of an ending, once all the others were tried.
 */
export async function endTasksOf(
  agent: string,
  by: string,
  ports: Pick<Ports, "agents" | "tasks" | "clock">,
  untilMs = Number.POSITIVE_INFINITY,
): Promise<{ readonly ended: number; readonly left: number }> {
  // In this order: a task that ends meanwhile goes from the first list to the second.
  const live = await ports.agents.liveTasks(agent);
  const open = await ports.tasks.openEndings(agent);
  const waiting = [
    ...live.map((path) => async () => (await endTask(path, { status: "revoked" }, by, ports)).ended),
    ...open.map((ending) => () => endBelow({ ...ending, hasDelegated: true }, ports)),
  ];
  const isOver = (): boolean => ports.clock.nowMs() >= untilMs;
  const { results, failures, left } = await runAtOnce(AT_ONCE, waiting, (end) => end(), isOver);
  if (failures.length > 0) throw failures[0];
  return { ended: results.reduce((sum, count) => sum + count, 0), left };
}
