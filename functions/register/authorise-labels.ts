import type { Agent } from "../core/identity/agent.ts";
import { labelsOf, relabelling } from "../core/identity/labels.ts";
import type { Ports } from "../core/ports.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";

/**
 * Refuses unless Cedar permits the operator to add and remove these labels of the agent. The right to register or change an agent does not include its
 * labels. Evaluates nothing where no label changes.
 * @param before labels that the agent has already.
 * @throws {Refusal} operator_denied.
 */
export async function authoriseLabels(
  operator: OperatorIdentity,
  before: readonly string[],
  agent: Pick<Agent, "id" | "team" | "owner" | "labels">,
  ports: Pick<Ports, "policies">,
  after: readonly string[] = labelsOf(agent),
): Promise<void> {
  const changed = relabelling(before, after);
  if (changed) await authoriseOperation(operator, "valetkey:LabelAgent", agent, ports, changed);
}
