import type { Agent } from "../../core/identity/agent.ts";
import type { Ports } from "../../core/ports.ts";
import { changeAgent } from "./change-agent.ts";

/** Removes the agent's bindings: no token identifies it any more, and its identities may be bound to another agent. */
export const unbindAgent = (agent: Agent, by: string, ports: Pick<Ports, "agents" | "clock">): Promise<Agent> =>
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
