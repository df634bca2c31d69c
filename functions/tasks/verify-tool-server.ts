import { isActive } from "../core/identity/agent.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { verifyIdentity } from "../steps/requests/verify-identity.ts";

/**
 * The registered agent that a tool server proves to be, with an OIDC token for introspection. Reading may be repeated, so the token may be too.
 * @throws {Refusal} client_unauthenticated for whatever is wrong with it; issuer_unreachable stays an outage.
 */
export async function verifyToolServer(
  token: string | undefined,
  ports: Pick<Ports, "deployment" | "policies" | "clock" | "tokens" | "agents">,
): Promise<string> {
  if (token === undefined) throw new Refusal("client_unauthenticated");
  try {
    const { agent: known } = await verifyIdentity(token, ports.deployment.audiences.introspect, ports);
    // As it is now: it writes nothing that would be looked at afterwards, and one that is suspended is told nothing more.
    const agent = await ports.agents.read(known.id);
    if (!agent) throw new Refusal("agent_unknown", { why: known.id });
    if (!isActive(agent, ports.clock.nowMs() / 1_000)) throw new Refusal("agent_inactive", { why: agent.id });
    return agent.id;
  } catch (error) {
    if (error instanceof Refusal && !error.isOutage) {
      const { say } = error.detail;
      throw new Refusal("client_unauthenticated", { why: error.code, ...(say === undefined ? {} : { say }) });
    }
    throw error;
  }
}
