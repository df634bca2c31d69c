import { type ApprovalRecord, recordHash } from "../../core/approvals/approval-record.ts";
import type { ApprovalState } from "../../core/approvals/approval-state.ts";
import { nextUse, standsUntil, useFor } from "../../core/approvals/standing-uses.ts";
import type { StoredApproval, StoredOutcome } from "../../core/approvals/stored-approval.ts";
import { sealedUseOf } from "../../core/approvals/stored-approval.ts";
import type { SealingPorts } from "../../core/ports.ts";
import type { TaskPath } from "../../core/task-path.ts";
import type { Task, TaskApproval } from "../../core/tasks/task.ts";
import { type AssessNeeds, assessApproval } from "../../steps/approvals/assess-approval.ts";
import type { Tally } from "../../steps/approvals/verify-votes.ts";
import type { OpenNeeds } from "../vend/opened-task.ts";

type ApprovalNeeds = AssessNeeds & Pick<SealingPorts, "approvals" | "seals">;

/** Ports of all that opens, waits for and uses an approval. */
export type AskNeeds = OpenNeeds & ApprovalNeeds;

/** Approval of a task as it is at this moment. */
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
  /** Number of the use that the task would be. */
  readonly use: number;
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
  // A task after the first, under a standing approval. Its seal names the approval: the exchange has opened it under it.
  const isFurther = record?.standing !== undefined && record.task !== task.path;
  // A use for this task that is not genuine prevents one.
  const use = !isFurther ? 1 : useFor(stored, task.path) ? undefined : nextUse(stored);
  const known = { id, use: use ?? 0, ...(outcome ? { outcome } : {}), ...(stored.void ? { void: stored.void } : {}) };
  if (!record || recordHash(record) !== hash || (record.task !== task.path && !isFurther))
    return { ...known, state: isUsed ? "used" : "void", isUnsure: false };
  const stands = isFurther && use !== undefined && (await isBegun(record, hash, stored, ports));
  const further = isFurther && !isUsed ? { standsUntil: (stands && standsUntil(record)) || 0 } : {};

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

/** True where the exchange has sealed a use for this task. Any other item is no use, and prevents one. */
async function isUsedFor(
  { path, approval: { id, hash } }: Pick<Task, "path"> & { readonly approval: TaskApproval },
  stored: StoredApproval,
  { seals }: Pick<ApprovalNeeds, "seals">,
): Promise<boolean> {
  const use = useFor(stored, path);
  if (use?.task !== path || use.hash !== hash) return false;
  return seals.isGenuine("approval-use", sealedUseOf(id, use), use.seal);
}

/** True where the task that asked for a standing approval has used it: what nobody used in time begins with no later task. */
const isBegun = (
  { id, task }: ApprovalRecord,
  hash: string,
  stored: StoredApproval,
  ports: Pick<ApprovalNeeds, "seals">,
): Promise<boolean> => isUsedFor({ path: task as TaskPath, approval: { id, hash } }, stored, ports);
