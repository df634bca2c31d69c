import { ExitError } from "./exit-codes.ts";
import type { Task } from "./task.ts";

/** Becomes true where the task has its credentials now. One that waits for a person, say, is no use to what starts now. @throws {ExitError} later */
export function requireActive(task: Task, command: string): void {
  if (task.status === "active") return;
  throw new ExitError(
    "later",
    "not_active",
    `task ${task.id} is ${task.status}, and valetkey ${command} does not wait: it ends the task again`,
  );
}
