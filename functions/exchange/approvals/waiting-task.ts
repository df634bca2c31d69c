import type { ApprovalRecord } from "../../core/approvals/approval-record.ts";
import type { Task } from "../../core/tasks/task.ts";
import type { Tally } from "../../steps/approvals/verify-votes.ts";
import type { Grants } from "../../steps/tasks/grants.ts";

/** Recorded task that waits for people. Nothing was issued for it. */
export interface WaitingTask {
  readonly task: Task;
  /** Task token `vk_...`, which only the answer contains, no record and no log. */
  readonly token: string;
  readonly record: ApprovalRecord;
  /** Hash of the record. */
  readonly hash: string;
  /** Slots that people have filled. */
  readonly filled: Tally["filled"];
  readonly denials: Grants["denials"];
  readonly outlives: Grants["outlives"];
  /** True for a task that this request opened, so that nobody else holds it. */
  readonly isNew: boolean;
  /** True where people have approved it before, so that it is vended at once. */
  readonly isGiven: boolean;
}
