import type { ApprovalRecord } from "../../core/approvals/approval-record.ts";
import { isAskedForConsent } from "../../core/approvals/asked-groups.ts";
import type { KnownAgent } from "../../core/identity/agent.ts";
import type { OperationContext, OperationTarget } from "../../core/policy/operation-query.ts";
import { APPROVE } from "../../core/policy/operations.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { authoriseOperation } from "../requests/authorise-operation.ts";
import type { OperatorIdentity } from "../requests/verify-operator.ts";

/** Request that policy is asked about, with its agent as it is registered now; no agent once it is not. */
export interface AskedRequest {
  readonly record: ApprovalRecord;
  readonly agent?: KnownAgent | undefined;
}

/**
 * Refuses unless Cedar permits the person `valetkey:Approve` on the request. `approve` asks it before it shows or records anything, and the exchange
 * asks it of each vote that it counts. A person whose own consent the request needs is not asked about: policy has permitted them what the agent asks
 * for, or nobody would be asked, and their vote counts as their consent alone.
 * @param asked request; undefined where there is none.
 * @throws {Refusal} operator_denied; also where a forbid errs.
 */
export async function authoriseApproval(
  person: OperatorIdentity,
  asked: AskedRequest | undefined,
  ports: Pick<Ports, "policies">,
): Promise<void> {
  if (asked && isAskedForConsent(person.person, asked.record)) return;
  await authoriseOperation(person, APPROVE, targetOf(asked), ports, contextOf(asked?.record));
}

/** True where Cedar permits the person `valetkey:Approve` on the request. */
export async function mayApprove(
  person: OperatorIdentity,
  asked: AskedRequest,
  ports: Pick<Ports, "policies">,
): Promise<boolean> {
  try {
    await authoriseApproval(person, asked, ports);
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.code === "operator_denied") return false;
    throw error;
  }
}

/** The agent as it is registered now, so that a forbid on its labels holds; of an agent that is gone, what the record says. */
const targetOf = (asked: AskedRequest | undefined): OperationTarget =>
  asked ? (asked.agent ?? asked.record.agent) : "deployment";

/** Facts of a request that policies may ask for. */
const contextOf = (record: ApprovalRecord | undefined): OperationContext => ({
  groups: record?.needed.map(({ group }) => group) ?? [],
  purpose: record?.purpose ?? "",
  accounts: record?.accounts ?? [],
});
