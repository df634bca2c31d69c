import type { Agent, HaltReason } from "../../core/identity/agent.ts";
import type { Ports } from "../../core/ports.ts";
import { endTasksOf } from "../tasks/end-tasks-of.ts";
import { haltAgent } from "./halt-agent.ts";

/**
 * Suspends the agent and ends its tasks. The status comes first: a task that is opened from now on reads it and is withdrawn; the others are in the
 * list. A repeat finishes after a crash.
 * @param by who requested it: an operator, an event's source, a check.
 * @throws {Refusal} agent_not_found, contended, store_unavailable.
 */
export async function suspendAgent(
  agent: Agent,
  by: string,
  ports: Pick<Ports, "agents" | "tasks" | "clock">,
  reason?: HaltReason,
): Promise<{ readonly agent: Agent; readonly ended: number }> {
  const suspended = await haltAgent(agent, "suspended", by, reason, ports);
  if (suspended.status === "active") return { agent: suspended, ended: 0 };
  const { ended } = await endTasksOf(agent.id, by, ports);
  return { agent: suspended, ended };
}
