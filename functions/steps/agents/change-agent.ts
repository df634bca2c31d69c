import type { Agent } from "../../core/identity/agent.ts";
import type { AlsoChanged } from "../../core/identity/agents.ts";
import { type EventType, type Facts, headOf, linkEvent } from "../../core/journal/event.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { whileContended, withoutPause } from "../../core/while-contended.ts";

/** How often it is tried again when somebody else changed the agent at the same moment. */
const ATTEMPTS = 8;

/** What becomes of an agent, and the event that says so. */
export interface AgentChange extends AlsoChanged {
  readonly agent: Omit<Agent, "chain">;
  readonly type: EventType;
  readonly facts: Facts;
}

/**
 * The agent with the change made, or as it is where nothing is to be changed. Where somebody else changed it at the same moment, the
 * question is asked again of what it is then.
 * @param wanted what is to become of it; nothing where it is so already.
 * @throws {Refusal} agent_not_found, contended, store_unavailable, and what `wanted` throws.
 */
export async function changeAgent(
  agent: Agent,
  wanted: (current: Agent) => AgentChange | undefined,
  ports: Pick<Ports, "agents" | "clock">,
): Promise<Agent> {
  return whileContended(async ({ number }) => {
    const current = number === 1 ? agent : await ports.agents.read(agent.id);
    if (!current) throw new Refusal("agent_not_found");
    const change = wanted(current);
    if (!change) return current;
    const { agent: next, type, facts, ...also } = change;
    const event = linkEvent(current.chain, current.id, type, ports.clock.nowMs(), facts);
    const changed: Agent = { ...next, chain: headOf(event) };
    await ports.agents.change(changed, event, also);
    return changed;
  }, withoutPause(ATTEMPTS));
}
