import type { AgentId } from "../../contract/agent-id.ts";
import type { TaskList } from "../../contract/tasks.ts";
import { atOnce } from "../core/at-once.ts";
import { defined } from "../core/defined.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { describeTask } from "../steps/tasks/describe-task.ts";

/** Ended tasks on one page. */
const PAGE = 50;

/** Upper bound on the tasks that are read at the same time. */
const AT_ONCE = 25;

/** Mark of an entry: the second of the task's end, and its path. */
const MARK = /^\d{10}#[a-z0-9.]{13,58}$/;

/**
 * Lists one page of an agent's ended tasks, the latest first. The list is only a hint: an entry whose task is another agent's, or is active, is left out.
 * @param after `next` of the page before.
 * @throws {Refusal} malformed_request.
 */
export async function listEnded(
  agent: AgentId,
  after: string | undefined,
  ports: Pick<Ports, "tasks" | "clock">,
): Promise<TaskList> {
  if (after !== undefined && !MARK.test(after))
    throw new Refusal("malformed_request", { say: "after must be the next of the page before." });
  const { paths, next } = await ports.tasks.ended(agent, after, PAGE);
  const tasks = await atOnce(AT_ONCE, paths, (path) => ports.tasks.read(path));
  return {
    tasks: tasks
      .filter((task) => task !== undefined)
      .filter((task) => task.agent === agent && task.status !== "active")
      .map((task) => describeTask(task, ports.clock.nowMs() / 1_000)),
    ...defined({ next }),
  };
}
