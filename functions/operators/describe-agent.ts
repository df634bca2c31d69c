import type { ListedAgent, ShownAgent } from "../../contract/agents.ts";
import { DEFAULT_LIMITS } from "../../contract/limits.ts";
import { defined } from "../core/defined.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import { type Agent, type AgentSummary, type Halt, isAtLeast, type KnownAgent } from "../core/identity/agent.ts";
import { labelsOf } from "../core/identity/labels.ts";
import { confirmationDueAt } from "../core/identity/recertification.ts";
import { isoSeconds } from "../core/text/iso-seconds.ts";

type Rules = Pick<Deployment, "recertification">;

export const describeAgent = (agent: Agent, rules: Rules): ShownAgent => ({
  ...summariseAgent(agent, rules),
  ...(agent.halted === undefined ? {} : { halted: describeHalt(agent.halted) }),
  bindings: agent.bindings,
  limits: describeLimits(agent),
});

export const summariseAgent = (agent: AgentSummary, { recertification }: Rules): ListedAgent => ({
  id: agent.id,
  name: agent.name,
  owner: agent.owner,
  ...defined({ contact: agent.contact }),
  team: agent.team,
  labels: labelsOf(agent),
  status: agent.status,
  created_at: isoSeconds(agent.createdAt),
  ...(agent.endsAt === undefined ? {} : { ends_at: isoSeconds(agent.endsAt) }),
  ...(agent.confirmedAt === undefined ? {} : { confirmed_at: isoSeconds(agent.confirmedAt) }),
  ...defined({ confirmed_by: agent.confirmedBy }),
  // An agent that is being offboarded needs no further confirmation.
  ...(recertification === null || isAtLeast(agent.status, "offboarding")
    ? {}
    : { confirm_by: isoSeconds(confirmationDueAt(agent, recertification)) }),
});

/** Describes the limits of an agent. */
export const describeLimits = ({ limits }: Pick<KnownAgent, "limits">): ShownAgent["limits"] => ({
  live_tasks: limits.liveTasks,
  task_seconds: limits.taskSeconds,
  tasks_per_minute: limits.tasksPerMinute ?? DEFAULT_LIMITS.tasksPerMinute,
});

const describeHalt = ({ at, reasonBy, ...halt }: Halt): NonNullable<ShownAgent["halted"]> => ({
  ...halt,
  at: isoSeconds(at),
  ...defined({ reason_by: reasonBy }),
});
