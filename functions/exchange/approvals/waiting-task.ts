import type { ApprovalRecord } from "../../core/approvals/approval-record.ts";
import type { Task } from "../../core/tasks/task.ts";
import type { Tally } from "../../steps/approvals/verify-votes.ts";
import type { Grants } from "../../steps/tasks/grants.ts";

/** Recorded task that waits for people, without any credentials. */
export interface WaitingTask {
  readonly task: Task;
  /** Task token `vk_...`. Only the answer contains it, no record and no log. */
  readonly token: string;
  readonly record: ApprovalRecord;
  /** Hash of the record. */
  readonly hash: string;
  /** Slots that people have filled. */
  readonly filled: Tally["filled"];
  readonly denials: Grants["denials"];
  readonly outlives: Grants["outlives"];
  /** True for a task that this request opened: nobody else holds it. */
  readonly isNew: boolean;
  /** True where people have approved the request before, so that its credentials are issued at once. */
  readonly isGiven: boolean;
}
