import type { Glasses } from "../core/approvals/glasses.ts";
import type { Log, Ports } from "../core/ports.ts";
import { reasonOf } from "../core/refusal.ts";
import { suspendAgent } from "../steps/agents/suspend-agent.ts";

export type SuspendUnreviewedNeeds = Pick<Ports, "agents" | "tasks" | "clock"> & {
  readonly glasses: Glasses;
  readonly log: Log;
};

/** Name of this check in the journal. */
const BY = "check";

/**
 * Suspends each agent for which a person broke the glass and nobody else has reviewed it in time. A glass leaves the list with its review, which the
 * exchange verifies, or here, once the agent is halted. One that fails holds up no other, and is tried again the next minute.
 */
export async function suspendUnreviewed({ glasses, log, ...ports }: SuspendUnreviewedNeeds): Promise<void> {
  for (const glass of await glasses.unreviewed(ports.clock.nowMs() / 1_000)) {
    try {
      const agent = await ports.agents.record(glass.agent);
      const halted = agent && (await suspendAgent(agent, BY, ports, "unreviewed")).agent;
      if (halted?.status === "active") continue;
      log.write({ level: "error", event: "glass_unreviewed", agent: glass.agent });
      await glasses.remove(glass);
    } catch (error) {
      log.write({ level: "error", event: "glass_check_failed", agent: glass.agent, why: reasonOf(error) });
    }
  }
}
