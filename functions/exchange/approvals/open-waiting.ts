import type { Idempotency, Opened } from "../../core/tasks/tasks.ts";
import type { BelievedTask } from "../../steps/tasks/believe-task.ts";
import type { UnapprovedGrants } from "../../steps/tasks/grants.ts";
import { withdrawTask } from "../../steps/tasks/withdraw-task.ts";
import { checkOpened } from "../vend/check-opened.ts";
import type { OpenNeeds } from "../vend/opened-task.ts";
import { mayBeWritten } from "../vend/record-task.ts";
import { type Limit, takePlace } from "../vend/take-place.ts";

/**
 * Records a task that waits for people, and makes the reads that must follow. Confirms the task, so that its token may be handed out. Withdraws the task
 * where a step fails.
 * @param open writes the task.
 * @param request request that the task answers, where it has a key.
 * @param limits limits that the task has to fit under, once it is written.
 */
export async function openWaiting(
  task: BelievedTask,
  grants: UnapprovedGrants,
  open: () => Promise<Opened>,
  request: Idempotency | undefined,
  ports: OpenNeeds,
  limits: readonly Limit[] = [],
): Promise<Opened> {
  try {
    const opened = await open();
    if ("repeats" in opened) return opened;
  } catch (error) {
    if (mayBeWritten(error)) await withdrawTask(task, ports);
    throw error;
  }
  ports.onUse?.();
  await confirmWaiting(task, grants, request, ports, limits);
  return { opened: true };
}

/**
 * Makes the reads that must follow the record of a waiting task, and confirms the task. Withdraws the task where a step fails, unless another request has a
 * token of it, too.
 * @param request request that the task answers, where it has a key that is bound to the task.
 * @param limits limits that the task has to fit under.
 */
export async function confirmWaiting(
  task: BelievedTask,
  grants: UnapprovedGrants,
  request: Idempotency | undefined,
  ports: OpenNeeds,
  limits: readonly Limit[],
): Promise<void> {
  await checkOpened(task, grants, ports);
  try {
    for (const limit of limits) await takePlace(task, limit, await limit.list(), ports);
    await ports.tasks.confirm(task.path, [], [], request);
  } catch (error) {
    await withdrawTask(task, ports, request);
    throw error;
  }
}
