import { DEFAULT_LIMITS, RATE_LIMITS } from "../../../contract/limits.ts";
import type { KnownAgent } from "../../core/identity/agent.ts";
import type { Detail } from "../../core/intent/detail.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { refuseKnownFlood } from "../../steps/requests/count-against-limit.ts";
import type { Caller, Identity } from "../../steps/requests/verify-identity.ts";
import { refuseKnownCooling } from "../../steps/tasks/refuse-cooling.ts";
import { refuseKnownHalt } from "../../steps/tasks/refuse-halted.ts";

/** Returns how many tasks the agent may start in a minute. */
export const tasksPerMinute = ({ limits }: KnownAgent): number =>
  limits.tasksPerMinute ?? DEFAULT_LIMITS.tasksPerMinute;

/**
 * Refuses, from this process's memory, requests that would be refused in the end. Runs before the evaluation of policy, which is most of a request's cost.
 * An agent that has used up its refusals of this minute starts no task until the next minute. The agent's live tasks can still be renewed and ended.
 * @param details requested details. While STS is busy, a request with a detail that needs a session is refused.
 * @throws {Refusal} halted, agent_cooling_down, too_many_requests, sts_unavailable.
 */
export function refuseKnown(
  agent: KnownAgent,
  details: readonly Detail[],
  ports: Pick<SealingPorts, "rateLimits" | "panics" | "clock" | "sessions" | "coolDowns">,
): void {
  refuseKnownHalt(ports);
  refuseKnownCooling(agent.id, ports);
  refuseKnownFlood(agent.id, "refusal", RATE_LIMITS.refusal, ports);
  refuseKnownFlood(agent.id, "task", tasksPerMinute(agent), ports);
  if (details.some(({ type }) => type === "aws")) refuseBusySts(ports);
}

/**
 * Refuses, from this process's memory, a party that has used up its share of the agent's limits in this minute.
 * @throws {Refusal} too_many_requests.
 */
export function refuseKnownParty(
  { agent, party }: Pick<Caller, "agent" | "party">,
  ports: Pick<SealingPorts, "rateLimits" | "clock">,
): void {
  if (party === undefined) return;
  const counted = { agent: agent.id, party };
  refuseKnownFlood(counted, "refusal", RATE_LIMITS.refusal, ports);
  refuseKnownFlood(counted, "task", tasksPerMinute(agent), ports);
}

/**
 * Refuses a used token while this process knows of a flood of used tokens. Runs before policy is evaluated and STS is called. Unused tokens still work.
 * @throws {Refusal} too_many_requests, store_unavailable.
 */
export async function refuseStale(
  { agent, use }: Pick<Identity, "agent" | "use">,
  ports: Pick<SealingPorts, "rateLimits" | "clock" | "tasks">,
): Promise<void> {
  if (!ports.rateLimits.isOver(agent.id, "stale") || !(await ports.tasks.isTokenUsed(use))) return;
  refuseKnownFlood(agent.id, "stale", RATE_LIMITS.stale, ports);
}

/**
 * Refuses a new session while STS is busy. Runs before anything is written that would have to be withdrawn. Renewals are not refused: a task that runs goes
 * before one that begins. @throws {Refusal} sts_unavailable.
 */
export function refuseBusySts({ sessions }: Pick<SealingPorts, "sessions">): void {
  if (sessions.isBusy()) throw new Refusal("sts_unavailable", { why: "throttled a moment ago", retryAfterSeconds: 1 });
}
