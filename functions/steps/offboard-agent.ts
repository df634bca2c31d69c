import type { Agent } from "../core/identity/agent.ts";
import type { Ports } from "../core/ports.ts";
import { endTasksOf } from "./end-tasks-of.ts";
import { haltAgent } from "./halt-agent.ts";

/**
 * The agent is on its way out, for good. A repeat finishes what a crash left.
 * @param by who asked for it: an operator, an event's source.
 * @throws {Refusal} agent_not_found, contended, store_unavailable.
 */
export async function offboardAgent(
  agent: Agent,
  by: string,
  ports: Pick<Ports, "agents" | "tasks" | "clock">,
  untilMs?: number,
): Promise<{ readonly agent: Agent; readonly ended: number; readonly left: number }> {
  const halted = await haltAgent(agent, "offboarding", by, undefined, ports);
  const { ended, left } = await endTasksOf(agent.id, by, ports, untilMs);
  return { agent: halted, ended, left };
}
