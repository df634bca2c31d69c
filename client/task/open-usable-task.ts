import type { Reporter } from "../reporter.ts";
import { endTask } from "./end-task.ts";
import { openTask } from "./exchange.ts";
import { requireUsable } from "./require-usable.ts";
import type { Task } from "./task.ts";
import type { TaskOptions } from "./task-options.ts";

/**
 * Opens a task with its credentials, for commands that leave it to its deadline. Ends a task that is not usable.
 * @throws {ClientError} refused, intent, later, unavailable
 */
export async function openUsableTask(options: TaskOptions, identity: string, report: Reporter): Promise<Task> {
  const task = await report.patiently(
    "waiting for valetkey",
    openTask(options, identity, () => false),
  );
  try {
    requireUsable(task, options, report);
    return task;
  } catch (error) {
    await endTask(options.url, task, { outcome: "failure", detail: "it was of no use" }, report);
    throw error;
  }
}
