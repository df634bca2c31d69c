import { isAgentId } from "../../../contract/agent-id.ts";
import type { ConditionScope } from "../../../contract/condition-scope.ts";
import { scopedTo, scopeKindOf } from "../../core/conditions/held-condition.ts";
import { accountOf, type Deployment } from "../../core/deployment/deployment.ts";
import type { Agents } from "../../core/identity/agents.ts";

/**
 * Returns false for a place that nobody can be in, an account that is no target or an agent that is not registered: whoever set a condition there would
 * believe that it holds.
 * @throws {Refusal} store_unavailable.
 */
export async function isPlace(
  scope: ConditionScope,
  {
    deployment,
    agents,
  }: { readonly deployment: Pick<Deployment, "accounts">; readonly agents: Pick<Agents, "record"> },
): Promise<boolean> {
  const [kind, named] = [scopeKindOf(scope), scopedTo(scope)];
  if (kind === "account") return accountOf(deployment, named) !== undefined;
  return kind !== "agent" || (isAgentId(named) && (await agents.record(named)) !== undefined);
}
