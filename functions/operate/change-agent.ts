import { type Agent, isAtLeast } from "../core/identity/agent.ts";
import { headOf, linkEvent } from "../core/journal/event.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { suspendAgent } from "../steps/suspend-agent.ts";
import { describeAgent } from "./describe-agent.ts";
import { operation } from "./operation.ts";
import { agentFor } from "./read-agent.ts";

/** `POST /v1/agents/{agent}/suspend`: from here on it gets nothing, and what it has is taken back. May be repeated. */
export const suspend = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation(event, ports, async (operator) => {
    const asked = await agentFor(operator, "valetkey:SuspendAgent", event.pathParameters?.agent ?? "", ports);
    const { agent, ended } = await suspendAgent(asked, operator.id, ports);
    return { ...describeAgent(agent), ended_tasks: ended };
  });

/** `POST /v1/agents/{agent}/resume`: not once it is being offboarded. */
export const resume = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation(event, ports, async (operator) => {
    const agent = await agentFor(operator, "valetkey:ResumeAgent", event.pathParameters?.agent ?? "", ports);
    if (isAtLeast(agent.status, "offboarding")) throw new Refusal("agent_offboarded");
    if (agent.status === "active") return describeAgent(agent);
    const resumed = linkEvent(agent.chain, agent.id, "agent.resumed", ports.clock.nowMs(), { by: operator.id });
    const { halted: _, ...rest } = agent;
    const active: Agent = { ...rest, status: "active", chain: headOf(resumed) };
    // Only where nothing else happened to it meanwhile: an offboarding that began a moment ago stays.
    await ports.agents.change(active, resumed, "lifted");
    return describeAgent(active);
  });
