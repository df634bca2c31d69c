import { POLL_SECONDS } from "../../../contract/limits.ts";
import type { ApprovalState } from "../../core/approvals/approval-state.ts";
import { Refusal } from "../../core/refusal.ts";
import { isLive, type Task, type TaskApproval } from "../../core/tasks/task.ts";
import { whileContended, withoutPause } from "../../core/while-contended.ts";
import { attempt } from "../../steps/requests/attempt.ts";
import { type BelievedTask, believeTask } from "../../steps/tasks/believe-task.ts";
import { endTask } from "../../steps/tasks/end-task.ts";
import { readLineage } from "../../steps/tasks/read-lineage.ts";
import type { OpenedTask } from "../vend/opened-task.ts";
import { type ApprovalNow, type AskNeeds, approvalNow } from "./approval-now.ts";
import { describeApproval } from "./describe-approval.ts";
import { useApproval } from "./use-approval.ts";

/** Task that names an approval; used or not. */
export type AskingTask = BelievedTask & { readonly approval: TaskApproval };

/** Attempts at a use, while others vote on, deny, end or use the same approval. */
const ATTEMPTS = 4;

/**
 * Reads what people have decided about a task, and vends where they have approved it.
 * @param task task of the request's token; it may have ended.
 * @param accept refuses what the caller cannot use, by throwing; called with each assessment before anything follows.
 * @returns the task with its credentials, which nobody else gets; undefined where the approval was used before.
 * @throws {Refusal} authorization_pending, approval_denied, approval_expired, approval_void, task_ended, and those of a use.
 */
export function settleApproval(
  task: AskingTask,
  sourceIp: string | undefined,
  ports: AskNeeds,
  accept: (now: ApprovalNow) => void = () => undefined,
): Promise<OpenedTask | undefined> {
  return whileContended(async ({ number }) => {
    const current = number === 1 ? task : await readAgain(task, ports);
    const now = await approvalNow(current, ports);
    if (now.state === "used") return undefined;
    accept(now);
    if (now.state === "pending" || (now.isUnsure && now.state === "expired" && isStillLive(current, ports)))
      throw stillWaiting(current, now, ports);
    if (now.state !== "approved" || !now.record || !now.tally) return refuseDecided(current, now, ports);
    if (!isStillLive(current, ports)) throw new Refusal("task_ended");
    const lineage = await readLineage(current, ports);
    const approved = {
      record: now.record,
      votes: now.tally.counted,
      use: now.use,
      ...(now.tally.glass ? { glass: true as const } : {}),
    };
    return useApproval({ ...lineage, task: current }, approved, sourceIp, ports);
  }, withoutPause(ATTEMPTS));
}

const isStillLive = (task: Task, { clock }: Pick<AskNeeds, "clock">): boolean => isLive(task, clock.nowMs() / 1_000);

async function readAgain({ path, approval }: AskingTask, ports: AskNeeds): Promise<AskingTask> {
  const ended = new Refusal("task_ended");
  const task = await ports.tasks.read(path);
  if (!task) throw ended;
  return { ...(await believeTask(task, ports, ended)), approval };
}

/** Makes the refusal for a task that still waits for people, with the votes that they have given so far. */
export function stillWaiting(
  { approval: { hash } }: Pick<AskingTask, "approval">,
  { record, tally }: ApprovalNow,
  { deployment }: Pick<AskNeeds, "deployment">,
): Refusal {
  const approval = record && tally && describeApproval(record, hash, tally.filled, deployment);
  return new Refusal("authorization_pending", {
    more: { interval: POLL_SECONDS, ...(approval ? { approval } : {}) },
  });
}

/** Refuses a task that people did not approve, and ends it, since it can get nothing any more. Best effort: the sweep ends it at its deadline. */
async function refuseDecided(task: AskingTask, now: ApprovalNow, ports: AskNeeds): Promise<never> {
  const refusal = refusalOf(now);
  const status = now.state === "expired" ? "expired" : "revoked";
  if (task.status === "active") await attempt(() => endTask(task.path, { status }, refusal.code, ports, task));
  throw refusal;
}

function refusalOf({ state, outcome, void: found }: ApprovalNow): Refusal {
  const code = REFUSALS_OF[state] ?? "approval_void";
  if (code === "approval_denied") {
    const { reason, rejected } = outcome ?? {};
    const more = { ...(reason ? { reason } : {}), ...(rejected ? { rejected } : {}) };
    const say = outcome?.decision === "withdrawn" ? "The approval was withdrawn before it was used." : undefined;
    return new Refusal(code, { more, ...(say ? { say } : {}) });
  }
  return new Refusal(code, code === "approval_void" ? { more: { changed: found?.changed ?? ["record"] } } : {});
}

const REFUSALS_OF = {
  denied: "approval_denied",
  withdrawn: "approval_denied",
  expired: "approval_expired",
  cancelled: "task_ended",
  void: "approval_void",
} as const satisfies Partial<Record<ApprovalState, string>> as Partial<
  Record<ApprovalState, "approval_denied" | "approval_expired" | "approval_void" | "task_ended">
>;
