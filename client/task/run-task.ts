import type { Reporter } from "../reporter.ts";
import { endTask, type Outcome } from "./end-task.ts";
import { openTask } from "./exchange.ts";
import { requireUsable } from "./require-usable.ts";
import type { Task } from "./task.ts";
import type { TaskOptions } from "./task-options.ts";

/** What came of the work, and what the task is ended with. */
export interface Done<T> {
  readonly value: T;
  readonly outcome: Outcome;
}

/**
 * What the work came to, done within a task: task, work, end of the task. Whatever happens once the task is open, it is ended.
 * @param identity the agent's token.
 * @param isInterrupted whether trying again has become pointless.
 * @throws {ClientError} refused, intent, later, unavailable; and whatever the work throws.
 */
export async function runTask<T>(
  options: Omit<TaskOptions, "identity">,
  identity: string,
  report: Reporter,
  isInterrupted: () => boolean,
  work: (task: Task) => Promise<Done<T>>,
): Promise<T> {
  const task = await report.patiently("waiting for valetkey", openTask(options, identity, isInterrupted));
  let outcome: Outcome = { outcome: "failure", detail: "it was not begun" };
  try {
    requireUsable(task, options, report);
    outcome = { outcome: "failure", detail: "it threw an error" };
    const done = await work(task);
    outcome = done.outcome;
    return done.value;
  } finally {
    await report.patiently("ending the task", endTask(options.url, task, outcome, report));
  }
}
