import type { Agent } from "../../core/identity/agent.ts";
import { endTasksOf } from "../tasks/end-tasks-of.ts";
import { haltAgent } from "./halt-agent.ts";
import { type ListNeeds, listIssued } from "./list-issued.ts";
import { unbindAgent } from "./unbind-agent.ts";

/**
 * The agent is on its way out, for good, as far as that is possible by now. In this order: it gets nothing any more; no token is its own
 * any more; its tasks are listed, and ended. Each step is recorded where it is done and is done once, so that a repeat, or the sweep, goes on
 * where a crash left it. What is left then is to sign it off, once the last fence has passed.
 * @param by who asked for it: an operator, an event's source.
 * @param untilMs epoch milliseconds after which no further task is begun with.
 * @returns how many live tasks were ended, and how many are left to a repeat.
 * @throws {Refusal} agent_not_found, contended, store_unavailable.
 */
export async function offboardAgent(
  agent: Agent,
  by: string,
  ports: ListNeeds,
  untilMs?: number,
): Promise<{ readonly agent: Agent; readonly ended: number; readonly left: number }> {
  const halted = await haltAgent(agent, "offboarding", by, undefined, ports);
  if (halted.status === "offboarded") return { agent: halted, ended: 0, left: 0 };
  const unbound = await unbindAgent(halted, by, ports);
  const listed = await listIssued(unbound, by, ports);
  const { ended, left } = await endTasksOf(agent.id, by, ports, untilMs);
  return { agent: listed, ended, left };
}
