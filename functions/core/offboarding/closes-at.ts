import type { Agent } from "../identity/agent.ts";
import { CLOCK_MARGIN_SECONDS } from "../revocation/role-entry.ts";

/** A vend that began before the halt is answered within ten seconds or not at all; after these it is in the record. Seconds. */
const SETTLING_SECONDS = 15;

/**
 * When everything may be over, and an offboarding can be signed off: by what was known as its tasks were listed. Epoch seconds;
 * nothing before that.
 */
export function closesAt({ halted, offboarding }: Pick<Agent, "halted" | "offboarding">): number | undefined {
  if (!halted || !offboarding) return undefined;
  const { lastFenceAt } = offboarding;
  return Math.max(halted.at + SETTLING_SECONDS, lastFenceAt === undefined ? 0 : lastFenceAt + CLOCK_MARGIN_SECONDS);
}
