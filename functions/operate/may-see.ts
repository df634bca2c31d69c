import type { PermissionName } from "../../contract/permissions.ts";
import type { AgentSummary } from "../core/identity/agent.ts";
import { operationQuery } from "../core/policy/operation-query.ts";
import type { Ports } from "../core/ports.ts";
import { decideOperation } from "../steps/requests/authorise-operation.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";

/** True where policy permits the operation on this agent. Lists of all agents leave out the others. */
export const maySee = (
  operator: OperatorIdentity,
  operation: PermissionName,
  agent: AgentSummary,
  { policies }: Pick<Ports, "policies">,
): boolean => decideOperation(operationQuery(operator, operation, agent), policies).isPermitted;
