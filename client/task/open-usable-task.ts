import { ClientError } from "../exit-codes.ts";
import { awaitApproval, type Waiting } from "./await-approval.ts";
import { endTask } from "./end-task.ts";
import { openTask } from "./exchange.ts";
import type { Task } from "./held-task.ts";
import { requireUsable } from "./require-usable.ts";
import type { TaskOptions } from "./task-options.ts";
import { withVersions } from "./versions-apart.ts";

/**
 * Opens a task with its credentials; waits for people's approval where policy demands one and the options say so. Ends a task that is not usable.
 * @param identity the agent's token.
 * @throws {ClientError} refused, intent, later, unavailable; later where the request waits for people and the caller does not.
 */
export async function openUsableTask(
  options: Omit<TaskOptions, "identity">,
  identity: string,
  waiting: Waiting,
): Promise<Task> {
  try {
    return await open(options, identity, waiting);
  } catch (error) {
    throw await withVersions(error, options.url);
  }
}

async function open(options: Omit<TaskOptions, "identity">, identity: string, waiting: Waiting): Promise<Task> {
  const { report, isInterrupted } = waiting;
  const opened = await report.patiently("waiting for valetkey", openTask(options, identity, isInterrupted));
  // Leaves the request open. The same command later finds the request again, and gets the credentials once people have approved.
  if (opened.approval && !options.waits) throw notNow(opened.approval.url);
  try {
    const task = opened.approval ? await awaitApproval(opened, opened.approval, options, waiting) : opened;
    requireUsable(task, options, report);
    return task;
  } catch (error) {
    await report.patiently("ending the task", endTask(options.url, opened, NOT_BEGUN, report));
    throw error;
  }
}

const NOT_BEGUN = { outcome: "failure", detail: "it was not begun" } as const;

const notNow = (url: string): ClientError =>
  new ClientError(
    "later",
    "approval_pending",
    `people must approve this first: ${url}; run the same command again after that`,
  );
