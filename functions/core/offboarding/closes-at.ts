import type { Agent } from "../identity/agent.ts";
import { CLOCK_MARGIN_SECONDS } from "../revocation/role-entry.ts";

/**
 * Time after a halt within which every request that began before it is recorded, since a request takes ten seconds at
 * most; seconds.
 */
const SETTLING_SECONDS = 15;

/**
 * Computes the earliest moment at which an offboarding can be complete, in epoch seconds, from the fences that were
 * recorded when the agent's tasks were listed. Undefined before that.
 */
export function closesAt({ halted, offboarding }: Pick<Agent, "halted" | "offboarding">): number | undefined {
  if (!halted || !offboarding) return undefined;
  const { lastFenceAt } = offboarding;
  return Math.max(halted.at + SETTLING_SECONDS, lastFenceAt === undefined ? 0 : lastFenceAt + CLOCK_MARGIN_SECONDS);
}
