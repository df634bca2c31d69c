import type { TaskPath } from "../task-path.ts";

/**
 * Place of a task against a limit. `in`: there is room for it. `out`: there is none. `waiting`: later tasks may still
 * give way.
 */
export type Place = "in" | "out" | "waiting";

/**
 * Decides whether a newly opened task fits below a limit. The list of the limit's tasks is read strongly, after the
 * task's own entry was written.
 *
 * Never more than `most` tasks are in. The task whose entry was written last has seen all other entries, and is in only
 * where there was room. No room is wasted either. A task is out only where `most` others come before it or were issued.
 * The first task that is out has only tasks before it that stay. `test/unit/core/tasks/room.test.ts` covers every
 * interleaving.
 * @param order the limit's tasks, in an order that is the same for every reader.
 * @param most the limit.
 * @param handedOut later tasks that were already issued to their agents, and so never give way.
 */
export function placeIn(
  order: readonly TaskPath[],
  own: TaskPath,
  most: number,
  handedOut: ReadonlySet<TaskPath> = new Set(),
): Place {
  if (order.length <= most) return "in";
  const before = order.indexOf(own);
  // The task has ended in the meantime.
  if (before === -1) return "out";
  const staying = order.slice(before + 1).filter((path) => handedOut.has(path)).length;
  return before + staying >= most ? "out" : "waiting";
}
