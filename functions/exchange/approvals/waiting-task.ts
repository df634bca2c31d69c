import { canonicalJson } from "../../../contract/canonical-json.ts";
import type { ApprovalRecord } from "../../core/approvals/approval-record.ts";
import type { Task } from "../../core/tasks/task.ts";
import type { Tally } from "../../steps/approvals/verify-votes.ts";
import type { Caller } from "../../steps/requests/verify-identity.ts";
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

/** True for a task of the same workload and person: the same subject, person and claims that policy reads. */
export const isOfWorkload = ({ subject, facts, onBehalf }: Task, caller: Caller): boolean =>
  subject === caller.subject &&
  canonicalJson(facts.claims) === canonicalJson(caller.claims) &&
  onBehalf?.issuer === caller.onBehalf?.issuer &&
  onBehalf?.value === caller.onBehalf?.value;
