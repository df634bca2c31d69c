import { type ApprovalRecord, recordHash } from "../../core/approvals/approval-record.ts";
import type { ApprovalState } from "../../core/approvals/approval-state.ts";
import type { StoredApproval, StoredOutcome } from "../../core/approvals/stored-approval.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { sealedUseOf } from "../../core/tasks/sealed-fields.ts";
import type { Task, TaskApproval } from "../../core/tasks/task.ts";
import { type AssessNeeds, assessApproval } from "../../steps/approvals/assess-approval.ts";
import type { Tally } from "../../steps/approvals/verify-votes.ts";

type ApprovalNeeds = AssessNeeds & Pick<SealingPorts, "approvals" | "seals">;

/** Approval of a task as it stands at this moment. */
export interface ApprovalNow {
  readonly id: string;
  readonly state: ApprovalState;
  /** Absent where it is missing or not what the task is sealed with; the approval is void then. */
  readonly record?: ApprovalRecord;
  readonly tally?: Tally;
  readonly outcome?: StoredOutcome;
  readonly void?: StoredApproval["void"];
  /** True where an issuer could not be reached, so that a vote may be missing. */
  readonly isUnsure: boolean;
}

/**
 * Reads an approval with its votes, strongly, and assesses it. A sign-in that was used for something else is no vote.
 * @param task task as read strongly: its seal is verified, so that the record's hash can be believed.
 * @throws {Refusal} store_unavailable.
 */
export async function approvalNow(
  task: Task & { readonly approval: TaskApproval },
  ports: ApprovalNeeds,
): Promise<ApprovalNow> {
  const { id, hash } = task.approval;
  const approvals = await ports.approvals();
  const [stored, cast] = await Promise.all([approvals.read(id), approvals.readVotes(id)]);
  const { record } = stored;
  const { outcome } = cast;
  const isUsed = await isUsedFor(task, stored, ports);
  const known = { id, ...(outcome ? { outcome } : {}), ...(stored.void ? { void: stored.void } : {}) };
  if (!record || recordHash(record) !== hash || record.task !== task.path)
    return { ...known, state: isUsed ? "used" : "void", isUnsure: false };

  const isVoid = stored.void !== undefined;
  const { state, tally, isUnsure } = await assessApproval(
    { record, hash, cast, isUsed, isVoid, task },
    ports,
    async (votes) => {
      const nonces = await approvals.noncesOf(votes);
      return votes.filter(({ nonce }, index) => nonces[index] === undefined || nonces[index] === nonce);
    },
  );
  return { ...known, state, record, tally, isUnsure };
}

/** True where the exchange has sealed a use for this task. Any other item is no use, and prevents one. */
async function isUsedFor(
  task: Task & { readonly approval: TaskApproval },
  { uses }: StoredApproval,
  { seals }: Pick<ApprovalNeeds, "seals">,
): Promise<boolean> {
  const use = uses.find(({ n }) => n === 1);
  if (use?.task !== task.path || use.hash !== task.approval.hash) return false;
  return seals.isGenuine("approval-use", sealedUseOf(task.approval.id, use), use.seal);
}
