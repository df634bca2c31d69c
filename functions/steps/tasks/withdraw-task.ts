import type { Ports } from "../../core/ports.ts";
import { isUnheld, type Task } from "../../core/tasks/task.ts";
import { attempt } from "../requests/attempt.ts";
import { type EndedTree, endTask } from "./end-task.ts";

type Needs = Pick<Ports, "tasks" | "clock">;

/**
 * Withdraws a task that this request has recorded and will not hand out: nothing of it is left alive, and the same request may be repeated. Spares a
 * task for which a repeat of the request got a token, since the repeat may have handed it out.
 * Best effort: where it fails, the sweep withdraws the task within two minutes, and the caller throws the original error.
 */
export async function withdrawTask(task: Pick<Task, "path" | "agent">, ports: Needs): Promise<void> {
  const isRepeated = ({ tokens }: Task): boolean => tokens.length > 1;
  await attempt(() => endTask(task.path, { status: "withdrawn" }, task.agent, ports, undefined, isRepeated));
}

/**
 * Withdraws a task that was recorded and not confirmed in time, because its request died or could not reach the record. Confirmation and withdrawal
 * exclude each other: the second one fails.
 * @param task task as read a moment ago.
 * @returns the task as it is then: still active where it was confirmed after all.
 * @throws {Refusal} contended, store_unavailable.
 */
export function withdrawUnheld(task: Task, by: string, ports: Needs): Promise<EndedTree> {
  const isHeld = (now: Task): boolean => !isUnheld(now, ports.clock.nowMs() / 1_000);
  return endTask(task.path, { status: "withdrawn" }, by, ports, task, isHeld);
}
