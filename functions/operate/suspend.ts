import type { Ports } from "../core/ports.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { agentFor } from "../operators/agent-for.ts";
import { describeAgent } from "../operators/describe-agent.ts";
import { operation } from "../operators/operation.ts";
import { optionalReason } from "../operators/reason-in.ts";
import { suspendAgent } from "../steps/agents/suspend-agent.ts";

/** `POST /v1/agents/{agent}/suspend`: from here on it gets nothing, and what it has is taken back. May be repeated. */
export const suspend = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation(event, ports, async (operator) => {
    const asked = await agentFor(operator, "valetkey:SuspendAgent", event.pathParameters?.agent ?? "", ports);
    const { agent, ended } = await suspendAgent(asked, operator.id, ports, { said: optionalReason(event) });
    return { ...describeAgent(agent, ports.deployment), ended_tasks: ended.length, ended };
  });
