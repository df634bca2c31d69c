import type { Read } from "../../contract/operation.ts";
import type { ShownTask, TaskList } from "../../contract/tasks.ts";

/** Lists the tasks of all pages, each once, since a task may move from one page to the next between two reads. */
export function rowsOf(pages: readonly Read<TaskList>[]): readonly Read<ShownTask>[] {
  const byId = new Map<string, Read<ShownTask>>();
  for (const { tasks } of pages) for (const task of tasks) byId.set(task.id, task);
  return [...byId.values()];
}

/** Replaces a page by its new content. Drops all pages after the last one. */
export const withPage = (
  pages: readonly Read<TaskList>[],
  nth: number,
  page: Read<TaskList>,
): readonly Read<TaskList>[] =>
  page.next === undefined ? [...pages.slice(0, nth), page] : [...pages.slice(0, nth), page, ...pages.slice(nth + 1)];

/** True where the pages contain the row, or there are no more pages. */
export function isCovered(pages: readonly Read<TaskList>[], row: number): boolean {
  const last = pages.at(-1);
  if (!last) return false;
  return last.next === undefined || pages.reduce((sum, { tasks }) => sum + tasks.length, 0) > row;
}

/** Finds the page with a row. Where no page has it, returns the first unread page, or the last page where there are no more. */
export function pageOf(pages: readonly Read<TaskList>[], row: number): number {
  let rows = 0;
  for (const [nth, { tasks }] of pages.entries()) {
    rows += tasks.length;
    if (row < rows) return nth;
  }
  return pages.at(-1)?.next === undefined ? Math.max(0, pages.length - 1) : pages.length;
}
