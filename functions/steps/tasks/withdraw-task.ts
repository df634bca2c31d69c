import type { Ports } from "../../core/ports.ts";
import { isUnheld, type Task } from "../../core/tasks/task.ts";
import { attempt } from "../requests/attempt.ts";
import { type EndedTree, endTask } from "./end-task.ts";

type Needs = Pick<Ports, "tasks" | "clock">;

/**
 * Takes back a task that this request has recorded and will give to nobody: nothing of it is left alive, and the same request may try again. One
 * that a repeat of the request was given a token for stays: the repeat may have handed it out.
 * Where it cannot be taken back now, the sweep does so within two minutes; what led here is what the caller has to know.
 */
export async function withdrawTask(task: Pick<Task, "path" | "agent">, ports: Needs): Promise<void> {
  const isRepeated = ({ tokens }: Task): boolean => tokens.length > 1;
  await attempt(() => endTask(task.path, { status: "withdrawn" }, task.agent, ports, undefined, isRepeated));
}

/**
 * Takes back a task that was recorded and that nobody has confirmed in time: whoever was to hand it out has died, or could not reach the record.
 * Confirmation and this exclude each other: whichever comes second fails.
 * @param task as it was read a moment ago.
 * @returns the task as it is then: still active where somebody has confirmed it after all.
 * @throws {Refusal} contended, store_unavailable.
 */
export function withdrawUnheld(task: Task, by: string, ports: Needs): Promise<EndedTree> {
  const isHeld = (now: Task): boolean => !isUnheld(now, ports.clock.nowMs() / 1_000);
  return endTask(task.path, { status: "withdrawn" }, by, ports, task, isHeld);
}
