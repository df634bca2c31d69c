import { type OperationContext, type OperationTarget, operationQuery } from "../../core/policy/operation-query.ts";
import type { OperationName } from "../../core/policy/operations.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { OperatorIdentity } from "./verify-operator.ts";

/**
 * Refuses unless Cedar permits the operator this operation on this target.
 * @throws {Refusal} operator_denied.
 */
export async function authoriseOperation(
  operator: OperatorIdentity,
  operation: OperationName,
  target: OperationTarget,
  ports: Pick<Ports, "policies">,
  context?: OperationContext,
): Promise<void> {
  const query = operationQuery(operator, operation, target, context);
  const { allowed, errored, deciding } = ports.policies.evaluate(query);
  const forbidErrored = errored.some((id) => ports.policies.facts(id)?.effect !== "permit");
  if (!allowed || forbidErrored)
    throw new Refusal("operator_denied", { say: `The operation is ${operation}.`, why: deciding.join(", ") });
}
