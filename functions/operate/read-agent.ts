import type { Ports } from "../core/ports.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { agentFor } from "../operators/agent-for.ts";
import { describeAgent } from "../operators/describe-agent.ts";
import { operation } from "../operators/operation.ts";

/** Answers `GET /v1/agents/{agent}` with the agent and the day of its last use. */
export const readAgent = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation(event, ports, async (operator) => {
    const agent = await agentFor(operator, "valetkey:ReadAgent", event.pathParameters?.agent ?? "", ports);
    const usedOn = await ports.agents.lastUsed(agent.id);
    return { ...describeAgent(agent, ports.deployment), ...(usedOn === undefined ? {} : { last_used_on: usedOn }) };
  });
