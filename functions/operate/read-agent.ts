import { AGENT_ID, type Agent } from "../core/identity/agent.ts";
import type { OperationTarget } from "../core/policy/operation-query.ts";
import type { OperationName } from "../core/policy/operations.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";
import { describeAgent } from "./describe-agent.ts";
import { operation } from "./operation.ts";

/** `GET /v1/agents/{agent}` */
export const readAgent = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation(event, ports, async (operator) => {
    const agent = await agentFor(operator, "valetkey:ReadAgent", event.pathParameters?.agent ?? "", ports);
    const usedOn = await ports.agents.lastUsed(agent.id);
    return { ...describeAgent(agent, ports.deployment), ...(usedOn === undefined ? {} : { last_used_on: usedOn }) };
  });

/**
 * The agent, if the operator may do this to it. Whether it exists is told only to those who may.
 * @throws {Refusal} operator_denied, agent_not_found.
 */
export async function agentFor(
  operator: OperatorIdentity,
  name: OperationName,
  id: string,
  ports: Ports,
): Promise<Agent> {
  // What cannot be an id is no agent's, and no key of the record could hold it.
  const agent = AGENT_ID.test(id) ? await ports.agents.read(id) : undefined;
  const target: OperationTarget = agent ? { agent: agent.id, team: agent.team, owner: agent.owner } : "deployment";
  await authoriseOperation(operator, name, target, ports);
  if (!agent) throw new Refusal("agent_not_found");
  return agent;
}
