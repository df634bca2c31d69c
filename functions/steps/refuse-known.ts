import { type Agent, DEFAULT_LIMITS } from "../core/identity/agent.ts";
import { PACES } from "../core/pace.ts";
import type { Ports } from "../core/ports.ts";
import { refuseKnownFlood } from "./keep-pace.ts";
import { refuseKnownHalt } from "./refuse-halted.ts";

/** Tasks that the agent may start in a minute. */
export const tasksPerMinute = ({ limits }: Agent): number => limits.tasksPerMinute ?? DEFAULT_LIMITS.tasksPerMinute;

/**
 * Refuses, from this process's memory, what would be refused in the end anyway: before policy is asked, which is most of what a request costs.
 * An agent that has collected its refusals of this minute starts nothing more until the next; what it has goes on, and can be renewed and ended.
 * @throws {Refusal} halted, too_many_requests.
 */
export function refuseKnown(agent: Agent, ports: Pick<Ports, "paces" | "panics" | "clock">): void {
  refuseKnownHalt(ports);
  refuseKnownFlood(agent.id, "refusal", PACES.refusal, ports);
  refuseKnownFlood(agent.id, "task", tasksPerMinute(agent), ports);
}
