import { APPROVE } from "../../../contract/permissions.ts";
import type { ApprovalRecord } from "../../core/approvals/approval-record.ts";
import { isAskedForConsent } from "../../core/approvals/asked-groups.ts";
import type { KnownAgent } from "../../core/identity/agent.ts";
import type { OperationContext, OperationTarget } from "../../core/policy/operation-query.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { authoriseOperation } from "../requests/authorise-operation.ts";
import type { OperatorIdentity } from "../requests/verify-operator.ts";

/**
 * Request for which policy is evaluated, with its agent as it is registered now; without the agent once it is no longer
 * registered.
 */
export interface EvaluatedRequest {
  readonly record: ApprovalRecord;
  readonly agent?: KnownAgent | undefined;
}

/**
 * Refuses unless Cedar permits the person `valetkey:Approve` on the request. `approve` checks this before it shows or
 * records anything, and the exchange for each vote that it counts. Policy is not evaluated for a person whose own
 * consent the request needs. Policy has already permitted that person what the agent requests, and their vote counts
 * only as their consent.
 * @param request undefined where there is none; the target is then the deployment.
 * @throws {Refusal} operator_denied; also where a forbid errs.
 */
export async function authoriseApproval(
  person: OperatorIdentity,
  request: EvaluatedRequest | undefined,
  ports: Pick<Ports, "policies">,
): Promise<void> {
  if (request && isAskedForConsent(person.person, request.record)) return;
  await authoriseOperation(person, APPROVE, targetOf(request), ports, contextOf(request?.record));
}

/** Returns true where Cedar permits the person `valetkey:Approve` on the request. */
export async function mayApprove(
  person: OperatorIdentity,
  request: EvaluatedRequest,
  ports: Pick<Ports, "policies">,
): Promise<boolean> {
  try {
    await authoriseApproval(person, request, ports);
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.code === "operator_denied") return false;
    throw error;
  }
}

/**
 * Returns the agent as it is registered now, so that a forbid on its labels applies. For an agent that is gone, returns
 * the record's copy.
 */
const targetOf = (request: EvaluatedRequest | undefined): OperationTarget =>
  request ? (request.agent ?? request.record.agent) : "deployment";

/** Returns the facts of a request that policies may read. */
const contextOf = (record: ApprovalRecord | undefined): OperationContext => ({
  groups: record?.needed.map(({ group }) => group) ?? [],
  purpose: record?.purpose ?? "",
  accounts: record?.accounts ?? [],
});
