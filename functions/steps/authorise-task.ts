import type { Agent } from "../core/identity/agent.ts";
import type { Ports } from "../core/ports.ts";
import type { Task } from "../core/tasks/task.ts";
import { authoriseIntent, type Grants } from "./authorise-intent.ts";

/**
 * Cedar's word, anew, on what the task was granted when it was opened: all of it still, or nothing. Never more than the record says,
 * whatever policy permits by now.
 * @param sourceIp where this request comes from.
 * @throws {Refusal} agent_inactive, policy_denied.
 */
export const authoriseTask = (
  agent: Agent,
  task: Task,
  sourceIp: string,
  ports: Pick<Ports, "clock" | "catalogue" | "policies">,
): Promise<Grants> => {
  const ttlSeconds = task.expiresAt - task.openedAt;
  return authoriseIntent(agent, { ...task, mode: "all", ttlSeconds, sourceIp, claims: task.facts.claims }, ports);
};
