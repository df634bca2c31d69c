import type { Clock } from "../core/ports.ts";
import type { TaskPath } from "../core/task-path.ts";
import { isUnheld, type Task } from "../core/tasks/task.ts";
import type { Tasks } from "../core/tasks/tasks.ts";
import { endTask } from "../steps/tasks/end-task.ts";
import { withdrawUnheld } from "../steps/tasks/withdraw-task.ts";

export interface SettlePorts {
  readonly tasks: Tasks;
  readonly clock: Clock;
}

/** Outcome for one task. `early`: the task lives, and its deadline comes later. `open`: the task may be handed out any moment. */
export type Settled =
  | { readonly what: "ended" | "withdrawn" | "had ended" | "open" }
  | { readonly what: "early"; readonly task: Task };

/** Ends the task if its deadline has passed. Withdraws it if it was not confirmed in time. @throws {Refusal} as `endTask`. */
export async function settleDue(path: TaskPath, ports: SettlePorts): Promise<Settled> {
  const task = await ports.tasks.read(path);
  if (task?.status !== "active") return { what: "had ended" };
  const nowSeconds = ports.clock.nowMs() / 1_000;
  if (isUnheld(task, nowSeconds)) return withdraw(task, ports);
  if (nowSeconds < task.expiresAt) return task.confirmed ? { what: "early", task } : { what: "open" };
  await endTask(path, { status: "expired" }, "deadline", ports, task);
  return { what: "ended" };
}

async function withdraw(unheld: Task, ports: SettlePorts): Promise<Settled> {
  const { task } = await withdrawUnheld(unheld, "unconfirmed", ports);
  if (task.status === "active") return { what: "early", task };
  return { what: task.status === "withdrawn" ? "withdrawn" : "had ended" };
}
