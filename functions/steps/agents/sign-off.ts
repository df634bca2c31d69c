import { createHash } from "node:crypto";
import type { Agent } from "../../core/identity/agent.ts";
import { closesAt } from "../../core/offboarding/closes-at.ts";
import { canonicalJson } from "../../core/text/canonical-json.ts";
import { endTask } from "../tasks/end-task.ts";
import { changeAgent } from "./change-agent.ts";
import { gatherReport, type ReportNeeds } from "./gather-report.ts";

/**
 * The agent, `offboarded` where nothing of it is left: its report is kept, and its last event has the report's SHA-256, which is the
 * sign-off. Where something is open it stays as it is, and what should have ended with another task, and did not, is ended.
 */
export async function signOff(agent: Agent, by: string, ports: ReportNeeds): Promise<Agent> {
  const closes = closesAt(agent);
  if (agent.status !== "offboarding" || closes === undefined || ports.clock.nowMs() / 1_000 <= closes) return agent;
  const { report, active } = await gatherReport(agent, ports);
  for (const path of active) await endTask(path, { status: "revoked" }, by, ports);
  if (!report.complete) return agent;
  const text = canonicalJson(report);
  const sha256 = createHash("sha256").update(text).digest("hex");
  // The report first: an event that names a report which nobody can read would be no sign-off.
  await ports.agents.keepReport(agent.id, sha256, text);
  return changeAgent(
    agent,
    (current) => {
      if (current.status !== "offboarding") return undefined;
      const { tasks, leases, secrets } = report.totals;
      const facts = { by, report_sha256: sha256, format: report.format, tasks, leases, secrets };
      return { agent: { ...current, status: "offboarded" }, type: "agent.offboarded", facts };
    },
    ports,
  );
}
