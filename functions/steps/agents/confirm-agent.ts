import { type Agent, isAtLeast } from "../../core/identity/agent.ts";
import { loggedOwner } from "../../core/identity/person.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { changeAgent } from "./change-agent.ts";

/**
 * Records that the agent's owner still needs it. A suspended agent remains suspended: resuming is another operation.
 * @throws {Refusal} agent_offboarded, agent_not_found, contended, store_unavailable.
 */
export const confirmAgent = (agent: Agent, by: string, ports: Pick<Ports, "agents" | "clock">): Promise<Agent> =>
  changeAgent(
    agent,
    (current) => {
      if (isAtLeast(current.status, "offboarding")) throw new Refusal("agent_offboarded");
      const { warnedDays: _, ...rest } = current;
      const confirmedAt = Math.floor(ports.clock.nowMs() / 1_000);
      return {
        agent: { ...rest, confirmedAt, confirmedBy: by },
        type: "agent.confirmed",
        facts: { by, owner: loggedOwner(current.owner) },
        before: current,
      };
    },
    ports,
  );
