import { isAgentId } from "../../contract/agent-id.ts";
import type { PermissionName } from "../../contract/permissions.ts";
import type { Agent } from "../core/identity/agent.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";

/**
 * Returns the agent, if policy permits the operation on it. Nobody else learns that the agent exists.
 * @throws {Refusal} operator_denied, agent_not_found.
 */
export async function agentFor(
  operator: OperatorIdentity,
  name: PermissionName,
  id: string,
  ports: Ports,
): Promise<Agent> {
  // A text that is no id is not looked up: a key of the table might not hold it.
  return permittedAgent(operator, name, isAgentId(id) ? await ports.agents.record(id) : undefined, ports);
}

/**
 * Returns the agent that was found, if policy permits the operation on it in its present state.
 * @throws {Refusal} operator_denied, agent_not_found.
 */
export async function permittedAgent(
  operator: OperatorIdentity,
  name: PermissionName,
  found: Agent | undefined,
  ports: Pick<Ports, "policies">,
): Promise<Agent> {
  await authoriseOperation(operator, name, found ?? "deployment", ports);
  if (!found) throw new Refusal("agent_not_found");
  return found;
}
