import type { Waiting } from "./await-approval.ts";
import { endTask, type Outcome } from "./end-task.ts";
import type { Task } from "./held-task.ts";
import { openUsableTask } from "./open-usable-task.ts";
import type { TaskOptions } from "./task-options.ts";

/** Result of the work, with the outcome of its task. */
export interface Done<T> {
  readonly value: T;
  readonly outcome: Outcome;
}

/**
 * Runs the work within a task and returns its result: opens the task, runs the work, ends the task. Ends an open task whatever happens.
 * @param identity the agent's token.
 * @param onEndedBefore called where somebody else ended the task before the work's end.
 * @throws {ClientError} refused, intent, later, unavailable; and whatever the work throws.
 */
export async function runTask<T>(
  options: Omit<TaskOptions, "identity">,
  identity: string,
  waiting: Waiting,
  work: (task: Task) => Promise<Done<T>>,
  onEndedBefore: () => void = () => undefined,
): Promise<T> {
  const task = await openUsableTask(options, identity, waiting);
  let outcome: Outcome = { outcome: "failure", detail: "it threw an error" };
  try {
    const done = await work(task);
    outcome = done.outcome;
    return done.value;
  } finally {
    const { report } = waiting;
    if (await report.patiently("ending the task", endTask(options.url, task, outcome, report))) onEndedBefore();
  }
}
