import type { Ports } from "../../core/ports.ts";
import type { TaskPath } from "../../core/task-path.ts";
import { isUnheld, type Task } from "../../core/tasks/task.ts";
import type { Idempotency } from "../../core/tasks/tasks.ts";
import { attempt } from "../requests/attempt.ts";
import { type EndedTree, endTask } from "./end-task.ts";

type Needs = Pick<Ports, "tasks" | "clock"> & {
  /** Called where this call itself has withdrawn the task, which nobody holds. */
  readonly onWithdrawn?: (path: TaskPath) => Promise<void>;
};

/**
 * Withdraws a task that this request has recorded and will not hand out. The task leaves nothing alive, and the same
 * request may be repeated. Spares a task for which a repeat of the request got a token: the repeat may have handed it
 * out. Best effort: after a failure the sweep withdraws the task within two minutes, and the caller throws the original
 * error.
 * @param request request that may have been recorded as answered with the task, where it has a key.
 */
export async function withdrawTask(
  task: Pick<Task, "path" | "agent">,
  ports: Needs,
  request?: Idempotency,
): Promise<void> {
  const isRepeated = ({ tokens }: Task): boolean => tokens.length > 1;
  const end = () => endTask(task.path, { status: "withdrawn" }, task.agent, ports, undefined, isRepeated);
  const tree = await attempt(end);
  // Only this call's own withdrawal is known: a status in the record may be somebody else's.
  if (!("value" in tree && tree.value.ended.includes(task.path))) return;
  if (request) await attempt(() => ports.tasks.unanswer(task.path, request));
  await ports.onWithdrawn?.(task.path);
}

/**
 * Withdraws a task that was not confirmed in time, because its request died or could not reach the record. Confirmation
 * and withdrawal exclude each other: the later one fails.
 * @param task task as read a moment ago.
 * @returns the task after the call; still active where it was confirmed after all.
 * @throws {Refusal} contended, store_unavailable.
 */
export function withdrawUnheld(task: Task, by: string, ports: Needs): Promise<EndedTree> {
  const isHeld = (now: Task): boolean => !isUnheld(now, ports.clock.nowMs() / 1_000);
  return endTask(task.path, { status: "withdrawn" }, by, ports, task, isHeld);
}
