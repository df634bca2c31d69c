import type { Ports } from "../core/ports.ts";
import type { Task } from "../core/tasks/task.ts";
import { describeWaiting } from "../steps/approvals/describe-waiting.ts";
import { describeTask } from "../steps/tasks/describe-task.ts";

/** Most tasks of a list that are read at the same time. */
export const LISTED_AT_ONCE = 25;

/** Describes a task of a list, and its wait for people. */
export const describeListed = async (task: Task, ports: Pick<Ports, "approvals">) => ({
  ...describeTask(task),
  ...(await describeWaiting(task, ports)),
});
