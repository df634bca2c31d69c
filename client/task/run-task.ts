import type { Reporter } from "../reporter.ts";
import { endTask, type Outcome } from "./end-task.ts";
import { openTask } from "./exchange.ts";
import { requireUsable } from "./require-usable.ts";
import type { Task } from "./task.ts";
import type { TaskOptions } from "./task-options.ts";

/** Result of the work, with the outcome of its task. */
export interface Done<T> {
  readonly value: T;
  readonly outcome: Outcome;
}

/**
 * Runs the work within a task and returns its result: opens the task, runs the work, ends the task. Ends an open task whatever happens.
 * @param identity the agent's token.
 * @param isInterrupted true once retries have become pointless.
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
