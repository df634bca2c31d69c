import { TASK_ID } from "../../contract/names.ts";
import { levelsOf, rootIdOf, SEPARATOR, separatorOf } from "../../contract/task-id.ts";

/**
 * Path of a task: the ids of its root and of each level below, each followed by `_` (`k7f3m2q9x4ab_`,
 * `k7f3m2q9x4ab_c1x9_`). Earlier paths have dots instead, and none has both. Every session of the task has the
 * path as its RoleSessionName, so `aws:userid` carries the whole ancestry (docs/design.md#names).
 */
export type TaskPath = string & { readonly __brand: "TaskPath" };

/** True for a task's path in its one spelling. Nothing is folded or trimmed. */
export const isTaskPath = (value: unknown): value is TaskPath => typeof value === "string" && TASK_ID.test(value);

/**
 * Parses a task's path; returns undefined for any other text. STS accepts session names of 64 characters of
 * `[\w+=,.@-]`. Ten levels fit: 12 + 1 + 9 x 5 = 58.
 * @example taskPath("k7f3m2q9x4ab_c1x9_")
 */
export const taskPath = (text: string): TaskPath | undefined => (isTaskPath(text) ? text : undefined);

/**
 * Returns a task's path that the caller knows to be one. @throws {TypeError} for any other text.
 * @example knownPath("k7f3m2q9x4ab_")
 */
export function knownPath(text: string): TaskPath {
  if (!isTaskPath(text))
    throw new TypeError("a task's path has a root of 12 characters and at most nine of 4, each with its separator");
  return text;
}

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

/**
 * Makes the path of a new root. An id of 62 bits (36^12) makes session names unpredictable.
 * @param randomBytes at least 12; more, since bytes from 252 on are skipped.
 * @throws {RangeError} where too few bytes are usable.
 */
export const rootPath = (randomBytes: Uint8Array): TaskPath => knownPath(`${idFrom(randomBytes, 12)}${SEPARATOR}`);

/**
 * Makes a new path one level below the parent, with the parent's separator. The path may exist already (there are 1.7 million), so `Tasks.open`
 * writes only where no task is.
 * @param randomBytes at least 4; more, since bytes from 252 on are skipped.
 * @throws {RangeError} where the parent is on the tenth level, or too few bytes are usable.
 */
export function childPath(parent: TaskPath, randomBytes: Uint8Array): TaskPath {
  const path = taskPath(`${parent}${idFrom(randomBytes, 4)}${separatorOf(parent)}`);
  if (!path) throw new RangeError("a session's name holds ten levels");
  return path;
}

function idFrom(randomBytes: Uint8Array, characters: number): string {
  let id = "";
  for (const byte of randomBytes) {
    if (id.length === characters) break;
    // A byte is taken only below 252 = 7 x 36, so that every character is equally likely.
    if (byte < 252) id += ALPHABET[byte % 36];
  }
  if (id.length < characters) throw new RangeError("a path needs more random bytes");
  return id;
}

/** Lists the paths above a path, the root first; none for a root. */
export function ancestorsOf(path: TaskPath): readonly TaskPath[] {
  const [ids, separator] = [levelsOf(path).slice(0, -1), separatorOf(path)];
  return ids.map((_, level) => `${ids.slice(0, level + 1).join(separator)}${separator}`).filter(isTaskPath);
}

/** Returns the path one level above; undefined for a root. */
export const parentOf = (path: TaskPath): TaskPath | undefined => ancestorsOf(path).at(-1);

/** Counts the levels between a path and its root: 0 for a root. */
export const depthOf = (path: TaskPath): number => ancestorsOf(path).length;

/** Returns the id of a path's root, without its separator: the key of the whole tree's records. */
export const rootOf = (path: TaskPath): string => rootIdOf(path);

/**
 * Chooses the task role, by its index in the pool, for all sessions of a tree in one account. The choice is stable, so
 * a renewal finds the same role.
 */
export function poolIndex(path: TaskPath, roles: number): number {
  let hash = 0x811c9dc5; // FNV-1a: any stable and even hash will do; this one needs no import.
  for (const character of rootOf(path)) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return hash % roles;
}
