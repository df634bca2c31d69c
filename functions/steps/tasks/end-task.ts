import { runAtOnce } from "../../core/at-once.ts";
import { headOf, linkEvent } from "../../core/journal/event.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { TaskPath } from "../../core/tasks/path.ts";
import type { Ending, Task } from "../../core/tasks/task.ts";
import { whileContended, withoutPause } from "../../core/while-contended.ts";
import { attempt } from "../requests/attempt.ts";

/** Attempts at an ending while others change the task. Each failed one is a change of somebody else, who pauses before the next; an ending does not. */
const ATTEMPTS = 40;

/** How many tasks of a subtree are ended at a time. */
const AT_ONCE = 10;

/** How often the subtree is listed: what a list shows anew was opened below what the last one ended, so each goes a level deeper. */
const LISTS = 11;

/** A task that has ended, and how many tasks this call has ended: it, and others below it. */
export interface EndedTree {
  readonly task: Task;
  readonly ended: number;
}

/**
 * The task, ended, and every task below it. State first, in one conditional write with its journal event: IAM's denial follows from that
 * event, and nothing is opened below a task that has ended. So whatever the list after it shows is ended the same way, until it shows nothing.
 * A task that has ended already stays as it is, and what is still active below it ends: a repeat finishes an ending that broke off.
 * @param by who ended it: an agent, an operator, `deadline`. For the tasks below it is the path of the ended task.
 * @param known the task as it was read a moment ago, where it was: should it have changed since, it is read again.
 * @param isSpared whether the task, as it is right before the write, is left alive after all, with everything below it.
 * @throws {Refusal} task_unknown, contended, store_unavailable; what else could be ended has been, even so.
 */
export async function endTask(
  path: TaskPath,
  ending: Omit<Ending, "endedAt">,
  by: string,
  ports: Pick<Ports, "tasks" | "clock">,
  known?: Task,
  isSpared: (task: Task) => boolean = () => false,
): Promise<EndedTree> {
  const { task, ended } = await endOne(path, ending, by, ports, known, isSpared);
  if (task.status === "active") return { task, ended };
  return { task, ended: ended + (await endBelow(task, ports)) };
}

/**
 * Ends every task below one that has ended, and then closes the ending: nothing can be opened there any more.
 * @returns how many tasks this call has ended.
 * @throws {Refusal} contended, store_unavailable; what else could be ended has been, and the ending stays open.
 */
export async function endBelow(head: EndedHead, ports: Pick<Ports, "tasks" | "clock">): Promise<number> {
  // Its deadline is theirs as well; whatever else ended it was not their own doing.
  const inherited = { status: head.status === "expired" ? "expired" : "revoked" } as const;
  const open: EndedHead[] = head.hasDelegated ? [head] : [];
  let ended = 0;
  for (let list = 1; list <= LISTS; list += 1) {
    // The highest first: what has ended can be given no more children.
    const below = (await ports.tasks.below(head.path)).toSorted((a, b) => a.length - b.length);
    if (below.length === 0) {
      // One that stays in the list is looked at once more by the next sweep, and that is all.
      for (const each of open) await attempt(() => ports.tasks.closeEnding(each));
      return ended;
    }
    for (const each of await endAll(below, inherited, head.path, ports)) {
      ended += each.ended;
      if (each.task.hasDelegated) open.push(each.task);
    }
  }
  throw new Refusal("contended", { why: "the subtree does not come to an end", retryAfterSeconds: 1 });
}

/** Facts of an ended task that are needed to end what is below it. */
type EndedHead = Pick<Task, "path" | "agent" | "status" | "hasDelegated">;

/** All of them, though one may fail: then the first failure is thrown once the others have ended. */
async function endAll(
  paths: readonly TaskPath[],
  ending: Omit<Ending, "endedAt">,
  by: TaskPath,
  ports: Pick<Ports, "tasks" | "clock">,
): Promise<readonly EndedTree[]> {
  const end = (path: TaskPath) => endOne(path, ending, by, ports);
  const { results, failures } = await runAtOnce(AT_ONCE, paths, end);
  if (failures.length > 0) throw failures[0];
  return results;
}

/** One task, whatever is below it. */
async function endOne(
  path: TaskPath,
  ending: Omit<Ending, "endedAt">,
  by: string,
  ports: Pick<Ports, "tasks" | "clock">,
  known?: Task,
  isSpared: (task: Task) => boolean = () => false,
): Promise<EndedTree> {
  return whileContended(async ({ number }) => {
    const task = (number === 1 ? known : undefined) ?? (await ports.tasks.read(path));
    if (!task) throw new Refusal("task_unknown");
    if (task.status !== "active" || isSpared(task)) return { task, ended: 0 };
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
    await ports.tasks.end(task, { ...ending, endedAt }, event);
    return { task: { ...task, ...ending, endedAt, chain: headOf(event) }, ended: 1 };
  }, withoutPause(ATTEMPTS));
}
