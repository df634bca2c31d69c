import type { Agent } from "../../core/identity/agent.ts";
import type { Ports } from "../../core/ports.ts";
import type { TaskPath } from "../../core/task-path.ts";
import { endTasksOf } from "../tasks/end-tasks-of.ts";
import { changeAgent } from "./change-agent.ts";
import { type HaltCause, haltAgent } from "./halt-agent.ts";
import { type ListNeeds, listIssued } from "./list-issued.ts";

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

/** Removes the agent's bindings: no token identifies it any more, and its identities may be bound to another agent. */
const unbindAgent = (agent: Agent, by: string, ports: Pick<Ports, "agents" | "clock">): Promise<Agent> =>
  changeAgent(
    agent,
    (current) => {
      const { bindings } = current;
      if (bindings.length === 0) return undefined;
      const facts = { by, bindings: bindings.map(({ issuer, claims }) => ({ issuer, claims })) };
      return { agent: { ...current, bindings: [] }, type: "agent.unbound", facts };
    },
    ports,
  );
