import type { Agent } from "../../core/identity/agent.ts";
import type { TaskPath } from "../../core/task-path.ts";
import { endTasksOf } from "../tasks/end-tasks-of.ts";
import { type HaltCause, haltAgent } from "./halt-agent.ts";
import { type ListNeeds, listIssued } from "./list-issued.ts";
import { unbindAgent } from "./unbind-agent.ts";

/**
 * Offboards the agent as far as possible now. In this order: halts it, removes its bindings, lists its tasks, and ends them. Each step is recorded
 * and done once, so that a repeat or the sweep continues after a crash. The sign-off follows once the last fence has passed.
 * @param by who requested it: an operator, an event's source.
 * @param untilMs epoch milliseconds after which no further task's ending is begun.
 * @returns live tasks that were ended, and number of those left to a repeat.
 * @throws {Refusal} agent_not_found, contended, store_unavailable.
 */
export async function offboardAgent(
  agent: Agent,
  by: string,
  ports: ListNeeds,
  untilMs?: number,
  cause?: HaltCause,
): Promise<{ readonly agent: Agent; readonly ended: readonly TaskPath[]; readonly left: number }> {
  const halted = await haltAgent(agent, "offboarding", by, cause, ports);
  if (halted.status === "offboarded") return { agent: halted, ended: [], left: 0 };
  const unbound = await unbindAgent(halted, by, ports);
  const listed = await listIssued(unbound, by, ports);
  const { ended, left } = await endTasksOf(agent.id, by, ports, untilMs);
  return { agent: listed, ended, left };
}
