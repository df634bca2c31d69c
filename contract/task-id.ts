import { TASK_ID } from "./names.ts";

/**
 * Separator of a new task's id. A double click selects the whole id, since `_` is a character of words. STS accepts it in
 * session names, and IAM has no wildcard of that name.
 */
export const SEPARATOR = "_";

/** Separator of ids that were issued before. A child has its parent's. */
const EARLIER_SEPARATOR = ".";

const SEPARATORS = /[._]/;
const BARE_ROOT = /^[a-z0-9]{12}$/;

/** Lists the ids of a task's levels, the root first, without separators. */
export const levelsOf = (id: string): readonly string[] => id.split(SEPARATORS).slice(0, -1);

/** Returns the id of a task's root, without its separator. Takes any text: up to its first separator. */
export const rootIdOf = (text: string): string => text.split(SEPARATORS, 1)[0] ?? "";

/** Counts the levels above a task: 0 for a root. */
export const levelOf = (id: string): number => levelsOf(id).length - 1;

/** Returns the separator of a task's id. */
export const separatorOf = (id: string): string => id.at(-1) ?? SEPARATOR;

/**
 * Lists the ids that a text may mean: a task's id, with or without its last separator. One at most, except for a root
 * without its separator, which may be a task's of either separator. None for any other text. Each of them is in the same tree.
 * @example spellingsOf("k7f3m2q9x4ab_c1x9") // ["k7f3m2q9x4ab_c1x9_"]
 */
export function spellingsOf(text: string): readonly string[] {
  if (TASK_ID.test(text)) return [text];
  if (BARE_ROOT.test(text)) return [`${text}${SEPARATOR}`, `${text}${EARLIER_SEPARATOR}`];
  return [SEPARATOR, EARLIER_SEPARATOR].map((separator) => `${text}${separator}`).filter((id) => TASK_ID.test(id));
}

/** Completes a task's id that lost its last separator. Returns any other text as it is. */
export const spelledTaskId = (text: string): string => spellingsOf(text)[0] ?? text;

/** True where the text is the id, or the id without its last separator. */
export const isSpellingOf = (text: string, id: string): boolean => spellingsOf(text).includes(id);

/**
 * Returns the whole id of a task where a path is that task's or one's below it; undefined for any other path.
 * @param task the task's id, with or without its last separator.
 */
export function wholeIdIn(path: string, task: string): string | undefined {
  const id = endsWhole(task) ? task : path.slice(0, task.length + 1);
  return path.startsWith(task) && endsWhole(id) ? id : undefined;
}

const endsWhole = (text: string): boolean => SEPARATORS.test(text.at(-1) ?? "");
