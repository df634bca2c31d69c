import { headOf, linkEvent } from "../core/journal/event.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { TaskPath } from "../core/tasks/path.ts";
import type { Ending, Task } from "../core/tasks/task.ts";

/** How often a change is tried again when somebody else changed the task at the same moment. */
const ATTEMPTS = 8;

/** How many tasks of a subtree are ended at a time. */
const AT_ONCE = 10;

/** How often the subtree is listed: what a list shows anew was opened below what the last one ended, so each goes a level deeper. */
const LISTS = 11;

/**
 * The task, ended, and every task below it. State first, in one conditional write with its journal event: IAM's denial follows from that
 * event, and nothing is opened below a task that has ended. So whatever the list after it shows is ended the same way, until it shows nothing.
 * A task that has ended already stays as it is, and what is still active below it ends: a repeat finishes an ending that broke off.
 * @param by who ended it: an agent, an operator, `deadline`. For the tasks below it is the path of the ended task.
 * @param known the task as it was read a moment ago, where it was: should it have changed since, it is read again.
 * @throws {Refusal} task_unknown, contended, store_unavailable; what else could be ended has been, even so.
 */
export async function endTask(
  path: TaskPath,
  ending: Omit<Ending, "endedAt">,
  by: string,
  ports: Pick<Ports, "tasks" | "clock">,
  known?: Task,
): Promise<Task> {
  const ended = await endOne(path, ending, by, ports, known);
  // Its deadline is theirs as well; whatever else ended it was not their own doing.
  const inherited = { status: ended.status === "expired" ? "expired" : "revoked" } as const;
  for (let list = 1; list <= LISTS; list += 1) {
    // The highest first: what has ended can be given no more children.
    const below = (await ports.tasks.below(path)).toSorted((a, b) => a.length - b.length);
    if (below.length === 0) return ended;
    await endAll(below, inherited, path, ports);
  }
  throw new Refusal("contended", { why: "the subtree does not come to an end", retryAfterSeconds: 1 });
}

/** All of them, though one may fail: then the first failure is thrown once the others have ended. */
async function endAll(
  paths: readonly TaskPath[],
  ending: Omit<Ending, "endedAt">,
  by: TaskPath,
  ports: Pick<Ports, "tasks" | "clock">,
): Promise<void> {
  const failures: unknown[] = [];
  for (let from = 0; from < paths.length; from += AT_ONCE) {
    const outcomes = await Promise.allSettled(
      paths.slice(from, from + AT_ONCE).map((path) => endOne(path, ending, by, ports)),
    );
    failures.push(...outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : [])));
  }
  if (failures.length > 0) throw failures[0];
}

/** One task, whatever is below it. */
async function endOne(
  path: TaskPath,
  ending: Omit<Ending, "endedAt">,
  by: string,
  ports: Pick<Ports, "tasks" | "clock">,
  known?: Task,
): Promise<Task> {
  for (let attempt = 1; ; attempt += 1) {
    const task = (attempt === 1 ? known : undefined) ?? (await ports.tasks.read(path));
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
      connector_leases: task.connectorLeases
        ?.filter(({ state }) => state !== "revoked")
        .map(({ name, type, made }) => ({ name, type, made })),
    });
    try {
      await ports.tasks.end(task, { ...ending, endedAt }, event);
      return { ...task, ...ending, endedAt, chain: headOf(event) };
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "contended") || attempt === ATTEMPTS) throw error;
    }
  }
}
