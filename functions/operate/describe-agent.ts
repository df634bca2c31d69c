import type { Agent, AgentSummary } from "../core/identity/agent.ts";
import { isoSeconds } from "../core/policy/compile.ts";

export const describeAgent = (agent: Agent): Readonly<Record<string, unknown>> => ({
  ...summariseAgent(agent),
  bindings: agent.bindings,
  limits: { live_tasks: agent.limits.liveTasks, task_seconds: agent.limits.taskSeconds },
  created_at: isoSeconds(agent.createdAt),
});

export const summariseAgent = (agent: AgentSummary): Readonly<Record<string, unknown>> => ({
  id: agent.id,
  name: agent.name,
  owner: agent.owner,
  team: agent.team,
  status: agent.status,
  ...(agent.endsAt === undefined ? {} : { ends_at: isoSeconds(agent.endsAt) }),
});
