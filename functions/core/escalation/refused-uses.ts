import type { AgentId } from "../../../contract/agent-id.ts";
import type { TokenUse } from "../tasks/tasks.ts";
import type { Escalations } from "./detection.ts";

/** Number of refusals by policy that are an escalation (E8) within so many seconds. */
export const REFUSALS = { most: 20, withinSeconds: 600 } as const;

/** Refused requests of agents, each by a token that was used for the first time. */
export interface RefusedUses {
  /**
   * Records a refused request, unless its token was used before: for a task, or for another refused request. Somebody
   * who has seen a token thus adds nothing to its agent's count.
   * @param byPolicy true where the refusal counts for E8.
   * @returns false where the token was used before.
   * @throws {Refusal} store_unavailable, contended.
   */
  add(agent: AgentId, use: TokenUse, byPolicy: boolean): Promise<boolean>;
  /**
   * Reads the times of the agent's latest refusals by policy, the latest first, as many as E8 counts; strongly read,
   * epoch seconds.
   */
  latest(agent: AgentId): Promise<readonly number[]>;
}

/** Ports that find escalations in refused requests. */
export interface RefusalWatch {
  readonly refusedUses: RefusedUses;
  readonly escalations: Escalations;
}

/** True where so many requests were refused within the given time. @param times the latest first. */
export function areTooManyRefusals(times: readonly number[], nowSeconds: number): boolean {
  const first = times[REFUSALS.most - 1];
  return first !== undefined && nowSeconds - first <= REFUSALS.withinSeconds;
}
