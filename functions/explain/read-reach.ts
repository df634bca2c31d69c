import { RATE_LIMITS } from "../../contract/limits.ts";
import type { Reach } from "../../contract/policies.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { agentFor } from "../operators/agent-for.ts";
import { operation } from "../operators/operation.ts";
import { countAgainstLimit } from "../steps/requests/count-against-limit.ts";
import { describeReach } from "./describe-reach.ts";
import type { ExplainPorts } from "./explain-ports.ts";

/** Answers `GET /v1/agents/{agent}/reach` with an upper bound on what policy grants the agent (docs/threat-models.md), and its hash. */
export const readReach = (event: HttpEvent, ports: ExplainPorts): Promise<HttpAnswer> =>
  operation<Reach>(event, ports, async (operator) => {
    const agent = await agentFor(operator, "valetkey:ExplainPolicy", event.pathParameters?.agent ?? "", ports);
    await countAgainstLimit(operator.id, "explanation", RATE_LIMITS.explanation, ports);
    const { sha256, entries } = describeReach(agent, ports);
    return { agent: agent.id, bundle: ports.policies.hash, sha256, ...entries };
  });
