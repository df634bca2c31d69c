import { type Glasses, isUndecided } from "../core/approvals/glasses.ts";
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
 * Suspends each agent for which a person broke the glass, and nobody else has reviewed that in time. A glass leaves the list only with its review, which the
 * exchange verifies. An agent that was resumed after the deadline is skipped: its resumption is a person's decision. A failure does not block the other
 * agents, and is retried the next minute.
 */
export async function suspendUnreviewed({ glasses, log, ...ports }: SuspendUnreviewedNeeds): Promise<void> {
  for (const glass of await glasses.unreviewed(ports.clock.nowMs() / 1_000)) {
    try {
      const agent = await ports.agents.record(glass.agent);
      if (agent?.status !== "active" || !isUndecided(agent, glass)) continue;
      log.write({ level: "error", event: "glass_unreviewed", agent: glass.agent });
      await suspendAgent(agent, BY, ports, { check: "unreviewed" });
    } catch (error) {
      log.write({ level: "error", event: "glass_check_failed", agent: glass.agent, why: reasonOf(error) });
    }
  }
}
