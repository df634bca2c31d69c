import type { TaskAnswer, TaskPage } from "../tasks/answers.ts";

/** Lists the tasks of all pages, each once: between two reads, a task may have moved from one page to the next. */
export function rowsOf(pages: readonly TaskPage[]): readonly TaskAnswer[] {
  const byId = new Map<string, TaskAnswer>();
  for (const { tasks } of pages) for (const task of tasks) byId.set(task.id, task);
  return [...byId.values()];
}

/** Puts a page that was read anew in its place; after the last one there is no further. */
export const withPage = (pages: readonly TaskPage[], nth: number, page: TaskPage): readonly TaskPage[] =>
  page.next === undefined ? [...pages.slice(0, nth), page] : [...pages.slice(0, nth), page, ...pages.slice(nth + 1)];

/** True where the pages hold the row, or there are no more. */
export function isCovered(pages: readonly TaskPage[], row: number): boolean {
  const last = pages.at(-1);
  if (!last) return false;
  return last.next === undefined || pages.reduce((sum, { tasks }) => sum + tasks.length, 0) > row;
}

/** Finds the page that holds a row; where none does, the first that is not read yet, or the last one where there are no more. */
export function pageOf(pages: readonly TaskPage[], row: number): number {
  let rows = 0;
  for (const [nth, { tasks }] of pages.entries()) {
    rows += tasks.length;
    if (row < rows) return nth;
  }
  return pages.at(-1)?.next === undefined ? Math.max(0, pages.length - 1) : pages.length;
}
