import type { ApprovalRecord } from "../core/approvals/approval-record.ts";
import type { OperationContext, OperationTarget } from "../core/policy/operation-query.ts";
import { Refusal } from "../core/refusal.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";
import type { ApprovePorts } from "./approve-ports.ts";
import { type Examined, examineApproval } from "./examine-approval.ts";

/** Form of an approval's id, as the exchange makes it. */
export const APPROVAL_ID = /^[a-z0-9]{16,64}$/;

/**
 * Returns the request, if policy permits the person to approve it. Whether it exists is told only to those who may approve something.
 * @throws {Refusal} operator_denied, approval_unknown, store_unavailable.
 */
export async function approvalFor(operator: OperatorIdentity, id: string, ports: ApprovePorts): Promise<Examined> {
  const examined = APPROVAL_ID.test(id) ? await examineApproval(id, ports) : undefined;
  await authoriseApproval(operator, examined, ports);
  if (!examined) throw new Refusal("approval_unknown");
  return examined;
}

/** @throws {Refusal} operator_denied. */
export const authoriseApproval = (
  operator: OperatorIdentity,
  examined: Pick<Examined, "agent" | "record"> | undefined,
  ports: Pick<ApprovePorts, "policies">,
): Promise<void> =>
  authoriseOperation(operator, "valetkey:Approve", targetOf(examined), ports, contextOf(examined?.record));

/** The agent as it is registered now, so that a forbid on its labels holds; of an agent that is gone, what the record says. */
const targetOf = (examined: Pick<Examined, "agent" | "record"> | undefined): OperationTarget =>
  examined ? (examined.agent ?? examined.record.agent) : "deployment";

/** Facts of a request that policies may ask for. */
const contextOf = (record: ApprovalRecord | undefined): OperationContext => ({
  groups: record?.needed.map(({ group }) => group) ?? [],
  purpose: record?.purpose ?? "",
  accounts: record?.accounts ?? [],
});
