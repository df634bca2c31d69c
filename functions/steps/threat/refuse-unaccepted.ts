import { reachesProduction } from "../../connectors/reaches-production.ts";
import type { Deployment } from "../../core/deployment/deployment.ts";
import type { KnownAgent } from "../../core/identity/agent.ts";
import type { Detail } from "../../core/intent/detail.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { type SealedAcceptance, sealedAcceptanceOf } from "../../core/threat/acceptance.ts";
import { isCovered, modelHashes } from "../../core/threat/model-hashes.ts";

export type GateNeeds = Pick<Ports, "acceptances" | "seals" | "clock" | "log"> & {
  readonly deployment: Deployment;
};

/**
 * Refuses grants in production, unless a person has accepted the agent's threat model as it is deployed now.
 * Called at each decision: at an opening, at a renewal, and for every task above.
 * @returns true where nobody has accepted the model, and the configuration still allows that until a date.
 * @throws {Refusal} threat_model_unaccepted, store_unavailable.
 */
export async function refuseUnaccepted(
  agent: KnownAgent,
  granted: readonly Detail[],
  ports: GateNeeds,
): Promise<true | undefined> {
  const { threatModels: gate } = ports.deployment;
  if (gate === undefined) return undefined;
  if (!granted.some((detail) => reachesProduction(detail, ports.deployment))) return undefined;
  if (await isAccepted(agent, ports)) return undefined;
  if (ports.clock.nowMs() / 1_000 >= gate.requiredFrom)
    throw new Refusal("threat_model_unaccepted", {
      say: `Somebody else than its owner runs: npx valetkey threat-model accept ${agent.id}`,
      why: agent.id,
    });
  ports.log.write({ level: "warn", event: "threat_model_unaccepted", agent: agent.id });
  return true;
}

/**
 * Returns true where an acceptance that the exchange made covers the agent's model as it is deployed now. Reads the
 * store anew before it returns false.
 */
async function isAccepted(agent: KnownAgent, ports: GateNeeds): Promise<boolean> {
  const store = await ports.acceptances();
  const now = modelHashes(agent, store.deployed);
  const isCovering = async (each: SealedAcceptance): Promise<boolean> => {
    // A genuine acceptance of another agent could have been put in this place.
    if (each.agent !== agent.id || !isCovered(now, each.model, store.deployed)) return false;
    if (await ports.seals.isGenuine("acceptance", sealedAcceptanceOf(each), each.seal)) return true;
    ports.log.write({ level: "error", event: "seal_broken", type: "acceptance", agent: agent.id });
    return false;
  };
  const isAmong = async (list: readonly SealedAcceptance[]): Promise<boolean> => {
    for (const each of list) if (await isCovering(each)) return true;
    return false;
  };
  return (await isAmong(await store.find(agent.id))) || isAmong(await store.read(agent.id));
}
