import { counted } from "../../contract/decision/counted.ts";
import type { Read } from "../../contract/operation.ts";
import type { Receipt } from "../../contract/receipts.ts";
import { levelOf } from "../../contract/task-id.ts";
import type { ShownTask, TaskEvent } from "../../contract/tasks.ts";

const STATES = {
  active: "Alive",
  pending_approval: "Waits for people",
  completed: "Completed",
  revoked: "Ended",
  expired: "Past its deadline",
  withdrawn: "Never issued",
} as const;

type Asked = Pick<Read<ShownTask>, "status" | "approval">;

/** Names of the states of a request for approval, for a task that asked people. */
const REQUEST_STATES = {
  pending: STATES.pending_approval,
  approved: "Approved, key not fetched",
  denied: "Denied",
  withdrawn: "Approval withdrawn",
  expired: "Request expired",
  void: "Request void",
} as const;

/** True for a task that asked people and has got no key, by the events of its tree. */
export function isUnissued(id: string, events: readonly Pick<Read<TaskEvent>, "task" | "type">[]): boolean {
  const has = (type: string): boolean => events.some((each) => each.task === id && each.type === type);
  return has("approval.asked") && !has("approval.used");
}

/** Names a status, and for a task that asked people, the state of its request. Shows a status that this page does not know as it is. */
export function statusInWords({ status, approval }: Asked, hasNoKey = false): string {
  if (status === "expired" && hasNoKey) return "Ended without a key";
  if (status === "pending_approval" && approval && Object.hasOwn(REQUEST_STATES, approval.state))
    return REQUEST_STATES[approval.state as keyof typeof REQUEST_STATES];
  return Object.hasOwn(STATES, status) ? STATES[status as keyof typeof STATES] : status;
}

/** Describes who decided against a task's request, when and why; undefined where nobody did. */
export function decidedInWords({ approval }: Pick<Asked, "approval">): string | undefined {
  const { state, decided } = approval ?? {};
  if (!decided || (state !== "denied" && state !== "withdrawn")) return undefined;
  const by = decided.by === undefined ? "" : ` by ${decided.by.replace(/^[^|]+\|/, "")}`;
  const why = decided.reason === undefined ? "" : `: ${decided.reason}`;
  return `${state === "denied" ? "Denied" : "Withdrawn"}${by} at ${decided.at}${why}`;
}

/** True while the task can be ended. */
export const isAlive = ({ status }: Pick<Read<ShownTask>, "status">): boolean =>
  status === "active" || status === "pending_approval";

/** Counts the tasks above a task: 0 for one that no other started. */
export const depthOf = (id: string): number => levelOf(id);

/** Path of a task's receipt. Leaves out the tasks below it, since a page reads the receipt again and again. */
export const receiptOf = (id: string): string => `/v1/tasks/${encodeURIComponent(id)}/receipt?below=false`;

/** Stage of an ending, in words; `isOver` where nothing more is to come. */
export interface EndingStage {
  readonly says: string;
  readonly isOver: boolean;
}

/** Describes the stage of an ending by its receipt: ended, then IAM has a policy that denies the keys, then a probe saw AWS refuse. */
export function endingInWords(receipt: Read<Receipt> | undefined): EndingStage {
  if (!receipt) return { says: "Ended. Checking its keys…", isOver: false };
  if (receipt.ended_at === undefined) return { says: "Ending…", isOver: false };
  const { leases } = receipt;
  if (leases.length === 0) return { says: "Ended. It had no key.", isOver: true };
  if (!receipt.complete) {
    const left = leases.filter(({ status }) => status === "pending").length;
    return {
      says: `Ended. ${left} of ${counted(leases.length, "key")} not yet denied…`,
      isOver: false,
    };
  }
  const observations = leases.flatMap((lease) => ("fence_at" in lease ? (lease.observed ?? []) : []));
  const seen = observations.flatMap(({ denied_at, milliseconds }) => (denied_at === undefined ? [] : milliseconds));
  if (seen.length > 0) return { says: `Denied by AWS ${Math.max(...seen)} ms after the end.`, isOver: true };
  if (observations.some(({ status }) => status === "not_observed"))
    return {
      says: "IAM has the policy that denies its keys, and AWS does not apply it yet. Tell your operators.",
      isOver: true,
    };
  const delays = leases.flatMap(({ milliseconds }) => milliseconds ?? []);
  if (delays.length > 0)
    return { says: `Denied: IAM had the policy ${Math.max(...delays)} ms after the end.`, isOver: true };
  return { says: "Its keys have expired.", isOver: true };
}
