import type { ApprovalId } from "../../../contract/approval-id.ts";
import { type ApprovalRecord, recordHash } from "../../core/approvals/approval-record.ts";
import type { ApprovalState } from "../../core/approvals/approval-state.ts";
import { nextUse, standsUntil, useFor } from "../../core/approvals/standing-uses.ts";
import type { StoredApproval, StoredOutcome } from "../../core/approvals/stored-approval.ts";
import { sealedUseOf } from "../../core/approvals/stored-approval.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { isTaskPath } from "../../core/task-path.ts";
import type { Task, TaskApproval } from "../../core/tasks/task.ts";
import { type AssessNeeds, assessApproval } from "../../steps/approvals/assess-approval.ts";
import type { Tally } from "../../steps/approvals/verify-votes.ts";
import type { OpenNeeds } from "../vend/opened-task.ts";

type ApprovalNeeds = AssessNeeds & Pick<SealingPorts, "approvals" | "seals">;

/** Ports of the steps that request, await and use an approval. */
export type AskNeeds = OpenNeeds & ApprovalNeeds;

/** Approval of a task, in its present state. */
export interface ApprovalNow {
  readonly id: ApprovalId;
  readonly state: ApprovalState;
  /** Absent where the record is missing, or is not the one that the task is sealed with. The approval is then void. */
  readonly record?: ApprovalRecord;
  readonly tally?: Tally;
  readonly outcome?: StoredOutcome;
  readonly void?: StoredApproval["void"];
  /** True where an issuer could not be reached, so that a vote may be missing. */
  readonly isUnsure: boolean;
  /** Number of the use that the task would be. */
  readonly use: number;
}

/**
 * Reads an approval with its votes, strongly, and assesses it. A sign-in that was used for something else is no vote.
 * @param task task as read strongly. The caller has verified its seal, so the hash of the approval's record can be believed.
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
  // A later task under a standing approval. The task's seal names the approval, so the exchange has opened the task under it.
  const isFurther = record?.standing !== undefined && record.task !== task.path;
  // An item that claims to be this task's use, and is not genuine, prevents the task's use.
  const use = !isFurther ? 1 : useFor(stored, task.path) ? undefined : nextUse(stored);
  const known = { id, use: use ?? 0, ...(outcome ? { outcome } : {}), ...(stored.void ? { void: stored.void } : {}) };
  if (!record || recordHash(record) !== hash || (record.task !== task.path && !isFurther))
    return { ...known, state: isUsed ? "used" : "void", isUnsure: false };
  const isInForce = isFurther && use !== undefined && (await isBegun(record, hash, stored, ports));
  const further = isFurther && !isUsed ? { standsUntil: (isInForce && standsUntil(record)) || 0 } : {};

  const isVoid = stored.void !== undefined;
  const { state, tally, isUnsure } = await assessApproval(
    { record, hash, cast, isUsed, isVoid, task, ...further },
    ports,
    async (votes) => {
      const nonces = await approvals.noncesOf(votes);
      return votes.filter(({ nonce }, index) => nonces[index] === undefined || nonces[index] === nonce);
    },
  );
  return { ...known, state, record, tally, isUnsure };
}

/**
 * True where the approval was used for the task. Reads no vote and verifies none, so that a renewal of an approved task
 * does neither. @throws {Refusal} store_unavailable.
 */
export async function isApprovalUsed(
  task: Task & { readonly approval: TaskApproval },
  ports: Pick<ApprovalNeeds, "approvals" | "seals">,
): Promise<boolean> {
  const approvals = await ports.approvals();
  return isUsedFor(task, await approvals.read(task.approval.id), ports);
}

/** True where the exchange has sealed a use for this task. An item without its seal is no use, and prevents the task's use. */
async function isUsedFor(
  { path, approval: { id, hash } }: Pick<Task, "path"> & { readonly approval: TaskApproval },
  stored: StoredApproval,
  { seals }: Pick<ApprovalNeeds, "seals">,
): Promise<boolean> {
  const use = useFor(stored, path);
  if (use?.task !== path || use.hash !== hash) return false;
  return seals.isGenuine("approval-use", sealedUseOf(id, use), use.seal);
}

/** True where the task that requested a standing approval has used it. Otherwise no later task may use it. */
const isBegun = async (
  { id, task }: ApprovalRecord,
  hash: string,
  stored: StoredApproval,
  ports: Pick<ApprovalNeeds, "seals">,
): Promise<boolean> => isTaskPath(task) && isUsedFor({ path: task, approval: { id, hash } }, stored, ports);
