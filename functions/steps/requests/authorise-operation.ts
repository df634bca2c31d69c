import type { PermissionName } from "../../../contract/permissions.ts";
import { type OperationContext, type OperationTarget, operationQuery } from "../../core/policy/operation-query.ts";
import type { Query } from "../../core/policy/query.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { OperatorIdentity } from "./verify-operator.ts";

/**
 * Refuses unless Cedar permits the operator this operation on this target.
 * @throws {Refusal} operator_denied.
 */
export async function authoriseOperation(
  operator: OperatorIdentity,
  operation: PermissionName,
  target: OperationTarget,
  ports: Pick<Ports, "policies">,
  context?: OperationContext,
): Promise<void> {
  const { isPermitted, deciding } = decideOperation(
    operationQuery(operator, operation, target, context),
    ports.policies,
  );
  if (!isPermitted)
    throw new Refusal("operator_denied", { say: `The operation is ${operation}.`, why: deciding.join(", ") });
}

/** Decides about an operation. A forbid that errs denies. */
export function decideOperation(
  query: Query,
  policies: Ports["policies"],
): { readonly isPermitted: boolean; readonly deciding: readonly string[] } {
  const { allowed, errored, deciding } = policies.evaluate(query);
  const forbidErrored = errored.some((id) => policies.facts(id)?.effect !== "permit");
  return { isPermitted: allowed && !forbidErrored, deciding };
}
