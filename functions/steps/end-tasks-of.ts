import type { Ports } from "../core/ports.ts";
import { endTask } from "./end-task.ts";

/** How many tasks are being ended at one time: enough for a thousand in some seconds, few enough for one table. */
const AT_ONCE = 24;

/**
 * Every live task of an agent that is halted already, ended as `revoked`. One that cannot be ended does not keep the others.
 * @param untilMs epoch milliseconds after which no further one is begun; a repeat goes on from there.
 * @returns how many were ended, and how many are left.
 * @throws {Refusal} the first refusal of an ending, once all the others were tried.
 */
export async function endTasksOf(
  agent: string,
  by: string,
  ports: Pick<Ports, "agents" | "tasks" | "clock">,
  untilMs = Number.POSITIVE_INFINITY,
): Promise<{ readonly ended: number; readonly left: number }> {
  const paths = await ports.agents.liveTasks(agent);
  const waiting = [...paths];
  const failures: unknown[] = [];
  let ended = 0;
  const endThem = async (): Promise<void> => {
    while (ports.clock.nowMs() < untilMs) {
      const path = waiting.shift();
      if (path === undefined) return;
      try {
        await endTask(path, { status: "revoked" }, by, ports);
        ended += 1;
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, paths.length) }, endThem));
  if (failures.length > 0) throw failures[0];
  return { ended, left: waiting.length };
}
