import type { AgentId } from "../../contract/agent-id.ts";
import { defined } from "../core/defined.ts";
import { isActive } from "../core/identity/agent.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { verifyIdentity } from "../steps/requests/verify-identity.ts";

/**
 * Verifies a tool server's OIDC token for introspection, and returns the id of its registered agent. The token may be used again, since introspection changes
 * nothing.
 * @throws {Refusal} client_unauthenticated for any fault of the token; agent_ambiguous, which a person has to repair; outages.
 */
export async function verifyToolServer(
  token: string | undefined,
  ports: Pick<Ports, "deployment" | "policies" | "clock" | "tokens" | "agents">,
): Promise<AgentId> {
  if (token === undefined) throw new Refusal("client_unauthenticated");
  try {
    const { agent: known } = await verifyIdentity(token, ports.deployment.audiences.introspect, ports);
    // Reads the agent's record now: introspection writes nothing, so no later read would notice a suspension.
    const agent = await ports.agents.read(known.id);
    if (!agent) throw new Refusal("agent_unknown", { why: known.id });
    if (!isActive(agent, ports.clock.nowMs() / 1_000)) throw new Refusal("agent_inactive", { why: agent.id });
    return agent.id;
  } catch (error) {
    if (error instanceof Refusal && !error.isOutage && !error.isLoud) {
      const { say } = error.detail;
      throw new Refusal("client_unauthenticated", { why: error.code, ...defined({ say }) });
    }
    throw error;
  }
}
