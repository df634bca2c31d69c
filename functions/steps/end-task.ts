import { headOf, linkEvent } from "../core/journal/event.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { TaskPath } from "../core/tasks/path.ts";
import type { Ending, Task } from "../core/tasks/task.ts";

/** How often a change is tried again when somebody else changed the task at the same moment. */
const ATTEMPTS = 8;

/**
 * The task, ended: state first, in one conditional write with its journal event. IAM's denial follows from that event.
 * A task that has ended already stays as it is: ending is idempotent.
 * @param by who ended it: an agent, an operator, `deadline`.
 * @throws {Refusal} task_unknown, contended, store_unavailable.
 */
export async function endTask(
  path: TaskPath,
  ending: Omit<Ending, "endedAt">,
  by: string,
  ports: Pick<Ports, "tasks" | "clock">,
): Promise<Task> {
  for (let attempt = 1; ; attempt += 1) {
    const task = await ports.tasks.read(path);
    if (!task) throw new Refusal("task_unknown");
    if (task.status !== "active") return task;
    const endedAt = Math.floor(ports.clock.nowMs() / 1_000);
    const event = linkEvent(task.chain, path, "task.ended", ports.clock.nowMs(), {
      agent: task.agent,
      status: ending.status,
      by,
      result: ending.outcome?.result,
      detail: ending.outcome?.detail,
      leases: task.leases.map(({ name, account, role, fenceAt, accessKeyId }) => ({
        name,
        account,
        role,
        fence_at: fenceAt,
        access_key_id: accessKeyId,
      })),
    });
    try {
      await ports.tasks.end(task, { ...ending, endedAt }, event);
      return { ...task, ...ending, endedAt, chain: headOf(event) };
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "contended") || attempt === ATTEMPTS) throw error;
    }
  }
}
