import type { Agent } from "../identity/agent.ts";
import { CLOCK_MARGIN_SECONDS } from "../revocation/role-entry.ts";

/** Time after a halt within which every request from before it is recorded; seconds. A request takes ten at most. */
const SETTLING_SECONDS = 15;

/**
 * Computes the earliest moment at which an offboarding can be complete, in epoch seconds. The fences are those at the
 * listing of the agent's tasks. Undefined before the listing.
 */
export function closesAt({ halted, offboarding }: Pick<Agent, "halted" | "offboarding">): number | undefined {
  if (!halted || !offboarding) return undefined;
  const { lastFenceAt } = offboarding;
  return Math.max(halted.at + SETTLING_SECONDS, lastFenceAt === undefined ? 0 : lastFenceAt + CLOCK_MARGIN_SECONDS);
}
