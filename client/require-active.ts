import { ClientError } from "./exit-codes.ts";
import type { Task } from "./task.ts";

/** Becomes true where the task has its credentials now. One that waits for a person, say, is no use to what starts now. @throws {ClientError} later */
export function requireActive(task: Task): void {
  if (task.status === "active") return;
  throw new ClientError("later", "not_active", `task ${task.id} is ${task.status}, and nothing here waits for it`);
}
