import type { ShownTask } from "../../contract/tasks.ts";
import type { Ports } from "../core/ports.ts";
import type { Task } from "../core/tasks/task.ts";
import { describeWaiting } from "../steps/approvals/describe-waiting.ts";
import { describeTask } from "../steps/tasks/describe-task.ts";

/** Upper bound on the tasks of a list that are read at the same time. */
export const LISTED_AT_ONCE = 25;

/** Describes a task in a list, and the votes that it waits for. */
export const describeListed = async (
  task: Task,
  ports: Pick<Ports, "approvals" | "clock" | "deployment">,
): Promise<ShownTask> => ({
  ...describeTask(task, ports.clock.nowMs() / 1_000),
  ...(await describeWaiting(task, ports)),
});
