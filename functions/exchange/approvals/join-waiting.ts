import type { ApprovalId } from "../../../contract/approval-id.ts";
import type { ApprovalState } from "../../core/approvals/approval-state.ts";
import { Refusal } from "../../core/refusal.ts";
import type { TaskPath } from "../../core/task-path.ts";
import { sealedTokenOf } from "../../core/tasks/sealed-fields.ts";
import { isLive, type Task, type TaskApproval } from "../../core/tasks/task.ts";
import type { TaskRequest } from "../../core/tasks/task-request.ts";
import { hashToken, makeToken } from "../../core/tasks/token.ts";
import type { Caller } from "../../steps/requests/verify-identity.ts";
import { believeTask } from "../../steps/tasks/believe-task.ts";
import { changeBelieved } from "../../steps/tasks/change-task.ts";
import type { UnapprovedGrants } from "../../steps/tasks/grants.ts";
import { idempotencyOf } from "../vend/record-task.ts";
import { addToken } from "../vend/reopen-task.ts";
import { type AskNeeds, approvalNow } from "./approval-now.ts";
import { confirmWaiting } from "./open-waiting.ts";
import { limitsOfRequest, requestOf } from "./refuse-too-many.ts";
import { isOfWorkload, type WaitingTask } from "./waiting-task.ts";

/**
 * Adds a token to a task of the same request, for the same workload. Confirms the task where the request that opened it has not done so, since that request
 * may have died: the sweep would withdraw the task with this token. Returns undefined where the task has ended, or its approval is in another state.
 * @throws {Refusal} too_many_approvals where another workload of the agent waits for the same, since two workloads may not share a task; too_many_tokens,
 * token_replayed.
 */
export async function joinWaiting(
  path: TaskPath,
  id: ApprovalId,
  states: readonly ApprovalState[],
  caller: Caller,
  taskRequest: TaskRequest,
  grants: UnapprovedGrants,
  ports: AskNeeds,
): Promise<WaitingTask | undefined> {
  const task = await ports.tasks.read(path);
  if (!isWaiting(task, id, ports) || !(await ports.tasks.isAlive(task))) return undefined;
  const now = await approvalNow(task, ports);
  if (!now.record || !now.tally || !states.includes(now.state)) return undefined;
  if (!isOfWorkload(task, caller))
    throw new Refusal("too_many_approvals", {
      say: "Another workload of this agent waits for the same.",
      retryAfterSeconds: 60,
    });
  const believed = await believeTask(task, ports, new Refusal("task_ended"));
  const token = makeToken("vk", path, ports.random.bytes(32));
  const hash = hashToken(token);
  const further = { hash, seal: await ports.recordKey.seal("task-token", sealedTokenOf(path, { hash })) };
  await changeBelieved(believed, (current, attempt) => addToken(current, further, caller, attempt, ports), ports);
  const { record: request, tally } = now;
  const { approval } = task;
  if (!task.confirmed) {
    // A further task under a standing approval asks nobody, so the limits of requests do not count it.
    const asked =
      request.task === path ? limitsOfRequest(requestOf(caller, grants), await ports.approvals(), ports) : [];
    await confirmWaiting(believed, grants, undefined, ports, asked);
  }
  const idempotency = idempotencyOf(task, taskRequest);
  if (idempotency) await ports.tasks.answer(path, idempotency);
  const { denials, outlives } = grants;
  return {
    task,
    token,
    record: request,
    hash: approval.hash,
    filled: tally.filled,
    denials,
    outlives,
    isNew: false,
    isGiven: now.state === "used" || now.state === "approved",
  };
}

export const STILL_WAITING = ["pending", "approved"] as const satisfies ApprovalState[];

const isWaiting = (
  task: Task | undefined,
  id: ApprovalId,
  { clock }: Pick<AskNeeds, "clock">,
): task is Task & { readonly approval: TaskApproval } =>
  task?.approval?.id === id && isLive(task, clock.nowMs() / 1_000);
