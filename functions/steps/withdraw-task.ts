import type { Ports } from "../core/ports.ts";
import type { Task } from "../core/tasks/task.ts";
import { endTask } from "./end-task.ts";
import { settle } from "./settle.ts";

/**
 * Takes back a task that was recorded and given to nobody: nothing of it is left alive, and the same request may try again.
 * Where even that cannot be done, it stays behind, held by nobody, until its deadline; what led here is what the caller has to know.
 */
export async function withdrawTask(
  task: Pick<Task, "path" | "agent">,
  ports: Pick<Ports, "tasks" | "clock">,
): Promise<void> {
  await settle(() => endTask(task.path, { status: "withdrawn" }, task.agent, ports));
}
