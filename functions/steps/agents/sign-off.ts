import { createHash } from "node:crypto";
import { canonicalJson } from "../../../contract/canonical-json.ts";
import type { Agent } from "../../core/identity/agent.ts";
import { closesAt } from "../../core/offboarding/closes-at.ts";
import { endTask } from "../tasks/end-task.ts";
import { changeAgent } from "./change-agent.ts";
import { gatherReport, type ReportNeeds } from "./gather-report.ts";

/**
 * Signs off the agent's offboarding once the report is complete. Stores the report, and records its SHA-256 in the
 * agent's last event. Otherwise leaves the agent unchanged. Ends active tasks first: they should have ended with
 * another task, and did not.
 */
export async function signOff(agent: Agent, by: string, ports: ReportNeeds): Promise<Agent> {
  const closes = closesAt(agent);
  if (agent.status !== "offboarding" || closes === undefined || ports.clock.nowMs() / 1_000 <= closes) return agent;
  const { report, active } = await gatherReport(agent, ports);
  for (const path of active) await endTask(path, { status: "revoked" }, by, ports);
  if (!report.complete) return agent;
  const text = canonicalJson(report);
  const sha256 = createHash("sha256").update(text).digest("hex");
  // Stores the report first: the event must not name a report that nobody can read.
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
