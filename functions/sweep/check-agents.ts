import { defined } from "../core/defined.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import type { AgentSummary } from "../core/identity/agent.ts";
import { loggedOwner } from "../core/identity/person.ts";
import { type AgentDue, dueFor } from "../core/identity/recertification.ts";
import type { Log, Ports } from "../core/ports.ts";
import { reasonOf } from "../core/refusal.ts";
import { changeAgent } from "../steps/agents/change-agent.ts";
import { suspendAgent } from "../steps/agents/suspend-agent.ts";
import { finishSuspension } from "./finish-suspensions.ts";

/** Time between the beginnings of two rounds over all agents; seconds. */
const ROUND_SECONDS = 3_600;
/** Upper bound on the pages of the list that one run reads. The next run continues there. */
const PAGES = 10;
/** Time for which one run works; milliseconds. */
const WORKING_MS = 15_000;
/** Actor in the journal. */
const BY = "check";

export type CheckNeeds = Pick<Ports, "agents" | "tasks" | "clock"> & {
  readonly deployment: Pick<Deployment, "recertification">;
  readonly log: Log;
};

/**
 * Checks all agents once an hour, page by page over some runs. Suspends agents past their end, and those that nobody has confirmed in time. Warns where a
 * confirmation is due soon. Reads an agent's record only if something is due. A failure does not block the other agents, and is retried in the next round.
 */
export async function checkAgents(
  ports: CheckNeeds,
): Promise<{ readonly warned: number; readonly suspended: number; readonly failed: number }> {
  const untilMs = ports.clock.nowMs() + WORKING_MS;
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const counts = { warned: 0, suspended: 0, failed: 0 };
  const last = await ports.agents.checkpoint();
  if (last && last.after === undefined && nowSeconds < last.beganAt + ROUND_SECONDS) return counts;
  const beganAt = last?.after === undefined ? Math.floor(nowSeconds) : last.beganAt;
  let after = last?.after;
  for (let page = 0; page < PAGES; page += 1) {
    const { agents, next } = await ports.agents.list(after);
    for (const summary of agents) {
      // If the time is up, the next run reads the page again. Agents that are done are not due any more.
      if (ports.clock.nowMs() >= untilMs) return counts;
      await tend(summary, counts, ports);
    }
    await ports.agents.keepCheckpoint({ beganAt, ...defined({ after: next }) });
    if (next === undefined) break;
    after = next;
  }
  return counts;
}

async function tend(
  summary: AgentSummary,
  counts: { warned: number; suspended: number; failed: number },
  ports: CheckNeeds,
): Promise<void> {
  const { recertification } = ports.deployment;
  const dueOf = (agent: AgentSummary): AgentDue | undefined =>
    dueFor(agent, recertification, ports.clock.nowMs() / 1_000);
  try {
    if (summary.status === "suspended") await finishSuspension(summary.id, BY, ports);
    if (!dueOf(summary)) return;
    // Reads the agent now: its owner may have confirmed it since the page was read.
    const agent = await ports.agents.record(summary.id);
    const due = agent && dueOf(agent);
    if (!agent || !due) return;
    if (due.what === "suspend") {
      const { agent: suspended } = await suspendAgent(agent, BY, ports, { check: due.reason });
      if (suspended.status !== "active") counts.suspended += 1;
      return;
    }
    await changeAgent(
      agent,
      (current) => {
        const still = dueOf(current);
        if (still?.what !== "warn") return undefined;
        const facts = { by: BY, owner: loggedOwner(current.owner), days: still.days, due_at: still.dueAt };
        return { agent: { ...current, warnedDays: still.days }, type: "agent.unconfirmed_warning", facts };
      },
      ports,
    );
    counts.warned += 1;
  } catch (error) {
    counts.failed += 1;
    ports.log.write({ level: "error", event: "check_failed", agent: summary.id, why: reasonOf(error) });
  }
}
