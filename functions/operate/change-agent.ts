import type { Agent, AgentStatus } from "../core/identity/agent.ts";
import { headOf, linkEvent } from "../core/journal/event.ts";
import type { Ports } from "../core/ports.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { endTask } from "../steps/end-task.ts";
import type { OperatorIdentity } from "../steps/verify-operator.ts";
import { describeAgent } from "./describe-agent.ts";
import { operation } from "./operation.ts";
import { agentFor } from "./read-agent.ts";

/** `POST /v1/agents/{agent}/suspend`: from here on it gets nothing, and what it has is taken back. May be repeated. */
export const suspendAgent = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation(event, ports, async (operator) => {
    const agent = await agentFor(operator, "valetkey:SuspendAgent", event.pathParameters?.agent ?? "", ports);
    // The status first: a task that is opened from now on reads it and takes itself back; the others are in the list.
    const suspended = await setStatus(agent, "suspended", operator, ports);
    const paths = await ports.agents.liveTasks(agent.id);
    for (const path of paths) await endTask(path, { status: "revoked" }, operator.id, ports);
    return { ...describeAgent(suspended), ended_tasks: paths.length };
  });

/** `POST /v1/agents/{agent}/resume` */
export const resumeAgent = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation(event, ports, async (operator) => {
    const agent = await agentFor(operator, "valetkey:ResumeAgent", event.pathParameters?.agent ?? "", ports);
    return describeAgent(await setStatus(agent, "active", operator, ports));
  });

async function setStatus(agent: Agent, status: AgentStatus, operator: OperatorIdentity, ports: Ports): Promise<Agent> {
  if (agent.status === status) return agent;
  const type = status === "suspended" ? "agent.suspended" : "agent.resumed";
  const event = linkEvent(agent.chain, agent.id, type, ports.clock.nowMs(), { by: operator.id });
  const changed = { ...agent, status, chain: headOf(event) };
  await ports.agents.change(changed, event);
  return changed;
}
