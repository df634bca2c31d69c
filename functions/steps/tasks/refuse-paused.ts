import { type AgentId, isAgentId } from "../../../contract/agent-id.ts";
import { partiesOf } from "../../core/delegation/party.ts";
import { type Pause, type Pauses, pausedUntil } from "../../core/escalation/pause.ts";
import type { KnownAgent } from "../../core/identity/agent.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { Task } from "../../core/tasks/task.ts";
import { isoSeconds } from "../../core/text/iso-seconds.ts";

type Worker = Parameters<typeof partiesOf>[0];

/** Port that finds a pause. */
export interface PauseNeeds {
  readonly pauses: Pick<Pauses, "find">;
}

/** Reads the pauses of the task's agent, and of the agents above, for the party that they work for; strongly. */
export async function readPauses(task: Worker, { pauses }: PauseNeeds): Promise<readonly Pause[]> {
  const read = await Promise.all(partiesOf(task).map(({ agent, party }) => pauses.find(agent, party)));
  return read.filter((pause) => pause !== undefined);
}

/**
 * Refuses a task one of whose agents is paused for the party that it works for.
 * @param agentOf returns an agent as it was read strongly just now.
 * @throws {Refusal} agent_paused.
 */
export function refuseIfPaused(
  read: readonly Pause[],
  agentOf: (id: AgentId) => KnownAgent | undefined,
  nowSeconds: number,
): void {
  for (const pause of read) {
    const until = pausedUntil(pause, agentOf(pause.agent), nowSeconds);
    if (until === undefined) continue;
    const whom = isAgentId(pause.party) ? `the agent ${pause.party}` : "this person";
    const say = `The agent ${pause.agent} is paused for ${whom} until ${isoSeconds(until)}.`;
    throw new Refusal("agent_paused", { say, why: pause.by });
  }
}

/** `refuseIfPaused` for one task, reading pauses and agents now. @throws {Refusal} agent_paused, store_unavailable. */
export async function refusePaused(
  task: Pick<Task, "agent" | "delegated" | "onBehalf">,
  ports: PauseNeeds & Pick<Ports, "agents" | "clock">,
): Promise<void> {
  const read = await readPauses(task, ports);
  const agents = await Promise.all(read.map(({ agent }) => ports.agents.read(agent)));
  refuseIfPaused(read, (id) => agents[read.findIndex(({ agent }) => agent === id)], ports.clock.nowMs() / 1_000);
}
