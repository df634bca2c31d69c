import type { SuspendedAgent } from "../../contract/agents.ts";
import type { Ports } from "../core/ports.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { agentFor } from "../operators/agent-for.ts";
import { describeAgent } from "../operators/describe-agent.ts";
import { operation } from "../operators/operation.ts";
import { optionalReason } from "../operators/reason-in.ts";
import { suspendAgent } from "../steps/agents/suspend-agent.ts";

/** Answers `POST /v1/agents/{agent}/suspend`: from now on the agent gets nothing, and its tasks end with all their credentials. May be repeated. */
export const suspend = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation<SuspendedAgent>(event, ports, async (operator) => {
    const before = await agentFor(operator, "valetkey:SuspendAgent", event.pathParameters?.agent ?? "", ports);
    const { agent, ended } = await suspendAgent(before, operator.id, ports, { said: optionalReason(event) });
    return { ...describeAgent(agent, ports.deployment), ended_tasks: ended.length, ended };
  });
