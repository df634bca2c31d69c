import { type Agent, type HaltReason, isAtLeast } from "../core/identity/agent.ts";
import { type EventType, headOf, linkEvent } from "../core/journal/event.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";

/** How often it is tried again when somebody else changed the agent at the same moment. */
const ATTEMPTS = 8;

const EVENT = { suspended: "agent.suspended", offboarding: "agent.offboarding" } as const satisfies Record<
  string,
  EventType
>;

/**
 * The agent, in a status in which it is given nothing, with its event and its entry in the list of halted agents. One that is in this
 * status or a more final one stays as it is.
 * @param by who asked for it: an operator, an event's source, a check.
 * @throws {Refusal} agent_not_found, contended, store_unavailable.
 */
export async function haltAgent(
  agent: Agent,
  status: keyof typeof EVENT,
  by: string,
  reason: HaltReason | undefined,
  ports: Pick<Ports, "agents" | "clock">,
): Promise<Agent> {
  let current: Agent | undefined = agent;
  for (let attempt = 1; ; attempt += 1) {
    if (!current) throw new Refusal("agent_not_found");
    if (isAtLeast(current.status, status)) return current;
    const nowMs = ports.clock.nowMs();
    const event = linkEvent(current.chain, agent.id, EVENT[status], nowMs, { by, reason, owner: current.owner });
    const halted = { at: Math.floor(nowMs / 1_000), by, ...(reason === undefined ? {} : { reason }) };
    const changed: Agent = { ...current, status, halted, chain: headOf(event) };
    try {
      await ports.agents.change(changed, event, "placed");
      return changed;
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "contended") || attempt === ATTEMPTS) throw error;
      current = await ports.agents.read(agent.id);
    }
  }
}
