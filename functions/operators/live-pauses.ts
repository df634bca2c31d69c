import type { AgentId } from "../../contract/agent-id.ts";
import { type Pause, pausedUntil } from "../core/escalation/pause.ts";
import type { Agent } from "../core/identity/agent.ts";
import type { Ports } from "../core/ports.ts";

/** Pause that is in force, with its end in epoch seconds. */
export type LivePause = Pause & { readonly until: number };

/** Lists the pauses of an agent that are in force, strongly read. @throws {Refusal} store_unavailable. */
export async function livePauses(
  agent: Pick<Agent, "id" | "resumedAt">,
  { pauses }: Pick<Ports, "pauses">,
  nowSeconds: number,
): Promise<readonly LivePause[]> {
  return (await pauses.list(agent.id)).flatMap((pause) => {
    const until = pausedUntil(pause, agent, nowSeconds);
    return until === undefined ? [] : [{ ...pause, until }];
  });
}

/** Finds the pause of an agent for a party that is in force, strongly read. @throws {Refusal} store_unavailable. */
export async function livePauseFor(
  id: AgentId,
  party: string,
  { pauses, agents }: Pick<Ports, "pauses" | "agents">,
  nowSeconds: number,
): Promise<LivePause | undefined> {
  const pause = await pauses.find(id, party);
  const until = pause && pausedUntil(pause, await agents.read(id), nowSeconds);
  return pause && until !== undefined ? { ...pause, until } : undefined;
}
