import { isApprovalId } from "../../contract/approval-id.ts";
import { Refusal } from "../core/refusal.ts";
import { authoriseApproval } from "../steps/approvals/authorise-approval.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";
import type { ApprovePorts } from "./approve-ports.ts";
import { type Examined, examineApproval } from "./examine-approval.ts";

/**
 * Returns the request, if policy permits the person to approve it. People who may approve nothing do not learn that it exists.
 * @throws {Refusal} operator_denied, approval_unknown, store_unavailable.
 */
export async function approvalFor(operator: OperatorIdentity, id: string, ports: ApprovePorts): Promise<Examined> {
  const examined = isApprovalId(id) ? await examineApproval(id, ports) : undefined;
  await authoriseApproval(operator, examined, ports);
  if (!examined) throw new Refusal("approval_unknown");
  return examined;
}
