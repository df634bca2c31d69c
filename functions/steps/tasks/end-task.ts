import { runAtOnce } from "../../core/at-once.ts";
import { headOf, nextEvent } from "../../core/journal/event.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { TaskPath } from "../../core/task-path.ts";
import type { Ending, Task } from "../../core/tasks/task.ts";
import { whileContended, withoutPause } from "../../core/while-contended.ts";
import { attempt } from "../requests/attempt.ts";

/**
 * Upper bound on attempts at an ending. Each failure is due to a change by somebody else. Other changes pause before
 * their next attempt, and an ending does not.
 */
const ATTEMPTS = 40;

/** Upper bound on simultaneous endings in a subtree. */
const AT_ONCE = 10;

/** Upper bound on passes over a subtree. A new pass can find only tasks one level deeper than the last, and a path has ten levels; one more finds none. */
const LISTS = 11;

/** Ending without its moment and its author. */
type NewEnding = Omit<Ending, "endedAt" | "endedBy">;

/** Ended task, with the tasks that this call has ended: itself and those below. */
export interface EndedTree {
  readonly task: Task;
  readonly ended: readonly TaskPath[];
}

/**
 * Ends a task and every task below it. Writes the state first, in one conditional write with its journal event. IAM's
 * denial follows from that event, and no task can be opened below an ended one. Then ends the listed tasks below in the
 * same way, until the list is empty. Leaves a task that has ended unchanged and ends the active ones below: a repeat
 * finishes an interrupted ending.
 * @param by who ended it: an agent, an operator, `deadline`. For the tasks below, the path of the ended task.
 * @param known task as read a moment ago, if any; the task is read again where it has changed since.
 * @param isSpared returns true where the task, as it is right before the write, must be left alive with everything below it.
 * @throws {Refusal} task_unknown, contended, store_unavailable; all others that could be ended are ended even so.
 */
export async function endTask(
  path: TaskPath,
  ending: NewEnding,
  by: string,
  ports: Pick<Ports, "tasks" | "clock">,
  known?: Task,
  isSpared: (task: Task) => boolean = () => false,
): Promise<EndedTree> {
  const { task, ended } = await endOne(path, ending, by, ports, known, isSpared);
  if (task.status === "active") return { task, ended };
  return { task, ended: [...ended, ...(await endBelow(task, ports))] };
}

/**
 * Ends every task below an ended one, and then closes the ending, since nothing can be opened there any more.
 * @returns tasks that this call has ended.
 * @throws {Refusal} contended, store_unavailable; all others that could be ended are ended, and the ending remains open.
 */
export async function endBelow(head: EndedHead, ports: Pick<Ports, "tasks" | "clock">): Promise<readonly TaskPath[]> {
  // An expired task's deadline applies to those below as well; any other ending counts as their revocation.
  const inherited = { status: head.status === "expired" ? "expired" : "revoked" } as const;
  const open: EndedHead[] = head.hasDelegated ? [head] : [];
  const ended: TaskPath[] = [];
  for (let list = 1; list <= LISTS; list += 1) {
    // The topmost tasks first: an ended task gets no more children.
    const below = (await ports.tasks.below(head.path)).toSorted((a, b) => a.length - b.length);
    if (below.length === 0) {
      // Best effort: an ending that remains in the list costs the next sweep one more look.
      for (const each of open) await attempt(() => ports.tasks.closeEnding(each));
      return ended;
    }
    for (const each of await endAll(below, inherited, head.path, ports)) {
      ended.push(...each.ended);
      if (each.task.hasDelegated) open.push(each.task);
    }
  }
  throw new Refusal("contended", { why: "the subtree does not come to an end", retryAfterSeconds: 1 });
}

/** Facts of an ended task that the ending of its subtree needs. */
type EndedHead = Pick<Task, "path" | "agent" | "status" | "hasDelegated">;

/** Ends all tasks; a failure does not block the others. @throws the first failure, once all were tried. */
async function endAll(
  paths: readonly TaskPath[],
  ending: NewEnding,
  by: TaskPath,
  ports: Pick<Ports, "tasks" | "clock">,
): Promise<readonly EndedTree[]> {
  const end = (path: TaskPath) => endOne(path, ending, by, ports);
  const { results, failures } = await runAtOnce(AT_ONCE, paths, end);
  if (failures.length > 0) throw failures[0];
  return results;
}

/** Ends one task and none below it. */
async function endOne(
  path: TaskPath,
  ending: NewEnding,
  by: string,
  ports: Pick<Ports, "tasks" | "clock">,
  known?: Task,
  isSpared: (task: Task) => boolean = () => false,
): Promise<EndedTree> {
  return whileContended(async ({ number }) => {
    const task = (number === 1 ? known : undefined) ?? (await ports.tasks.read(path));
    if (!task) throw new Refusal("task_unknown");
    if (task.status !== "active" || isSpared(task)) return { task, ended: [] };
    const endedAt = Math.floor(ports.clock.nowMs() / 1_000);
    const event = nextEvent(task.chain, path, "task.ended", ports.clock.nowMs(), {
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
    const whole = { ...ending, endedAt, endedBy: by };
    await ports.tasks.end(task, whole, event);
    return { task: { ...task, ...whole, chain: headOf(event) }, ended: [path] };
  }, withoutPause(ATTEMPTS));
}
