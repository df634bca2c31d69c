import type { AgentId } from "../../../contract/agent-id.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";

type Needs = Pick<SealingPorts, "coolDowns" | "clock">;

/**
 * Refuses an agent that cools down, by a strong read. Call it beside the other reads after the record was written.
 * @throws {Refusal} agent_cooling_down, store_unavailable.
 */
export async function refuseCooling(agent: AgentId, ports: Needs): Promise<void> {
  const until = await ports.coolDowns.until(agent);
  if (until !== undefined) throw coolingDown(until, ports);
}

/**
 * Refuses an agent that cools down by this process's memory, before anything is issued or written.
 * @throws {Refusal} agent_cooling_down.
 */
export function refuseKnownCooling(agent: AgentId, ports: Needs): void {
  const until = ports.coolDowns.knownUntil(agent);
  if (until !== undefined) throw coolingDown(until, ports);
}

/** Makes the refusal of an agent that cools down. @param until epoch seconds. */
export const coolingDown = (until: number, { clock }: Pick<Needs, "clock">): Refusal =>
  new Refusal("agent_cooling_down", { retryAfterSeconds: Math.max(1, Math.ceil(until - clock.nowMs() / 1_000)) });
