/**
 * A task's path: its root's id, then one id for each level below, each with a dot behind it (`k7f3m2q9x4ab.`, `k7f3m2q9x4ab.c1x9.`).
 * It is the RoleSessionName of every session of the task, so `aws:userid` carries the whole ancestry (docs/design.md#names).
 */
export type TaskPath = string & { readonly __brand: "TaskPath" };

const PATH = /^[a-z0-9]{12}\.(?:[a-z0-9]{4}\.){0,9}$/;

/** The path that the text is, or nothing. STS takes 64 characters of `[\w+=,.@-]`: ten levels fit (12 + 1 + 9 x 5 = 58). */
export const taskPath = (text: string): TaskPath | undefined => (PATH.test(text) ? (text as TaskPath) : undefined);

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

/** A new root, from 12 or more random bytes. 36^12 is 62 bits: nobody can name a session in advance. */
export const rootPath = (randomBytes: Uint8Array): TaskPath => `${idFrom(randomBytes, 12)}.` as TaskPath;

/** A new path one level below, from 4 or more random bytes. It may be taken (1.7 million fit): the record puts it only where nothing is. */
export function childPath(parent: TaskPath, randomBytes: Uint8Array): TaskPath {
  const path = taskPath(`${parent}${idFrom(randomBytes, 4)}.`);
  if (!path) throw new RangeError("a session's name holds ten levels");
  return path;
}

function idFrom(randomBytes: Uint8Array, characters: number): string {
  // A byte is taken only below 252 = 7 x 36, so that every character is equally likely.
  const letters = [...randomBytes].filter((byte) => byte < 252).map((byte) => ALPHABET[byte % 36]);
  if (letters.length < characters) throw new RangeError("a path needs more random bytes");
  return letters.slice(0, characters).join("");
}

/** Every path above, the root first; none for a root. */
export function ancestorsOf(path: TaskPath): readonly TaskPath[] {
  const ids = path.split(".").slice(0, -2);
  return ids.map((_, level) => `${ids.slice(0, level + 1).join(".")}.` as TaskPath);
}

/** The path one level above; none for a root. */
export const parentOf = (path: TaskPath): TaskPath | undefined => ancestorsOf(path).at(-1);

/** How many levels it is below its root: 0 for a root. */
export const depthOf = (path: TaskPath): number => ancestorsOf(path).length;

export const rootOf = (path: TaskPath): string => path.slice(0, path.indexOf("."));

/** The role of the pool that all of a tree's sessions in one account use: stable per task, so that a renewal finds it again. */
export function poolIndex(path: TaskPath, roles: number): number {
  let hash = 0x811c9dc5; // FNV-1a: any stable spread does, this one needs no import
  for (const character of rootOf(path)) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return hash % roles;
}
