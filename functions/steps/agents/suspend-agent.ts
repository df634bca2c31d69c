import type { Agent } from "../../core/identity/agent.ts";
import type { Ports } from "../../core/ports.ts";
import type { TaskPath } from "../../core/task-path.ts";
import { endTasksOf } from "../tasks/end-tasks-of.ts";
import { type HaltCause, haltAgent } from "./halt-agent.ts";

/**
 * Suspends the agent and ends its tasks. Changes the status first: a task that is opened from now on reads the status
 * and is withdrawn. All other tasks are in the list. A repeat finishes after a crash.
 * @param by who requested it: an operator, an event's source, a check.
 * @throws {Refusal} agent_not_found, contended, store_unavailable.
 */
export async function suspendAgent(
  agent: Agent,
  by: string,
  ports: Pick<Ports, "agents" | "tasks" | "clock">,
  cause?: HaltCause,
): Promise<{ readonly agent: Agent; readonly ended: readonly TaskPath[] }> {
  const suspended = await haltAgent(agent, "suspended", by, cause, ports);
  if (suspended.status === "active") return { agent: suspended, ended: [] };
  const { ended } = await endTasksOf(agent.id, by, ports);
  return { agent: suspended, ended };
}
