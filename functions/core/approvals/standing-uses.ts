import type { TaskPath } from "../task-path.ts";
import type { ApprovalRecord } from "./approval-record.ts";
import type { ApprovalUse, StoredApproval } from "./stored-approval.ts";

/** Computes the end of an approval's window, epoch seconds; undefined for an approval that is used once. */
export const standsUntil = ({ standing, created_at }: ApprovalRecord): number | undefined =>
  standing && created_at + standing.window;

/**
 * Returns the number of the next use of a standing approval that was used before; undefined where no use is left, the
 * approval is void, or it is not a standing one. Every item that claims to be a use counts, genuine or not.
 */
export function nextUse({ record, uses, void: found }: StoredApproval): number | undefined {
  const last = Math.max(0, ...uses.map(({ n }) => n));
  return record?.standing && !found && last >= 1 && last < record.standing.uses ? last + 1 : undefined;
}

/**
 * Finds the use of an approval for a task: for a standing approval the task's own use, otherwise the first. The caller
 * must verify the use's seal.
 */
export const useFor = ({ record, uses }: StoredApproval, path: TaskPath): ApprovalUse | undefined =>
  record?.standing ? uses.find(({ task }) => task === path) : uses.find(({ n }) => n === 1);
