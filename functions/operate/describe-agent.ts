import { type Agent, type AgentSummary, DEFAULT_LIMITS } from "../core/identity/agent.ts";
import { isoSeconds } from "../core/policy/compile.ts";

export const describeAgent = (agent: Agent): Readonly<Record<string, unknown>> => ({
  ...summariseAgent(agent),
  bindings: agent.bindings,
  limits: {
    live_tasks: agent.limits.liveTasks,
    task_seconds: agent.limits.taskSeconds,
    tasks_per_minute: agent.limits.tasksPerMinute ?? DEFAULT_LIMITS.tasksPerMinute,
  },
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
