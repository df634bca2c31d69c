import type { FactsOf } from "../../../contract/journal-events.ts";
import type { EventType } from "../../../contract/journal-types.ts";
import type { Agent } from "../../core/identity/agent.ts";
import type { AlsoChanged } from "../../core/identity/agents.ts";
import { headOf, nextEvent } from "../../core/journal/event.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { whileContended, withoutPause } from "../../core/while-contended.ts";

/** Upper bound on the attempts while others change the agent at the same moment. */
const ATTEMPTS = 8;

/** Change of an agent, with the event that records it. */
export interface AgentChange<T extends AgentEvent> extends AlsoChanged {
  readonly agent: Omit<Agent, "chain">;
  readonly type: T;
  readonly facts: FactsOf<T>;
}

type AgentEvent = Extract<EventType, `agent.${string}`>;

/**
 * Changes an agent and returns it; returns it unchanged where no change is wanted. After a concurrent change, calls `wanted` again with the agent as
 * it is then.
 * @param wanted computes the change; undefined where none is needed.
 * @throws {Refusal} agent_not_found, contended, store_unavailable, and the errors of `wanted`.
 */
export async function changeAgent<T extends AgentEvent>(
  agent: Agent,
  wanted: (current: Agent) => AgentChange<T> | undefined,
  ports: Pick<Ports, "agents" | "clock">,
): Promise<Agent> {
  return whileContended(async ({ number }) => {
    const current = number === 1 ? agent : await ports.agents.record(agent.id);
    if (!current) throw new Refusal("agent_not_found");
    const change = wanted(current);
    if (!change) return current;
    const { agent: next, type, facts, ...also } = change;
    const event = nextEvent<AgentEvent, FactsOf<AgentEvent>>(
      current.chain,
      current.id,
      type,
      ports.clock.nowMs(),
      facts,
    );
    const changed: Agent = { ...next, chain: headOf(event) };
    await ports.agents.change(changed, event, also);
    return changed;
  }, withoutPause(ATTEMPTS));
}
