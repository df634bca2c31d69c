import type { TaskPath } from "./path.ts";

/** `in`: it has room. `out`: it has none. `waiting`: that depends on tasks behind it which may still give way. */
export type Place = "in" | "out" | "waiting";

/**
 * The place of a task that was just opened among all that count against the same limit, as a strong list shows them after its own entry was written.
 *
 * No more than `most` are ever in: of those that are, the one whose entry was written last has seen all others, and was in only where they were few
 * enough. And as many are in as fit: a task goes out only where `most` others are handed out or stand before it, and of the tasks that ever go out
 * the first in the order has only such before it as stay. `test/unit/core/tasks/room.test.ts` goes through every interleaving.
 * @param order all of them, in an order that each sees alike.
 * @param handedOut those behind it that were handed out, so that they never give way.
 */
export function placeIn(
  order: readonly TaskPath[],
  own: TaskPath,
  most: number,
  handedOut: ReadonlySet<TaskPath> = new Set(),
): Place {
  if (order.length <= most) return "in";
  const before = order.indexOf(own);
  // It has ended meanwhile.
  if (before === -1) return "out";
  const staying = order.slice(before + 1).filter((path) => handedOut.has(path)).length;
  return before + staying >= most ? "out" : "waiting";
}
