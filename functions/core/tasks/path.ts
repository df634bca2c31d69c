/**
 * A task's path: its root's id, then one id for each level below, each with a dot behind it (`k7f3m2q9x4ab.`, `k7f3m2q9x4ab.c1x9.`).
 * It is the RoleSessionName of every session of the task, so `aws:userid` carries the whole ancestry (design.md, section 7).
 */
export type TaskPath = string & { readonly __brand: "TaskPath" };

const PATH = /^[a-z0-9]{12}\.(?:[a-z0-9]{4}\.){0,9}$/;

/** The path that the text is, or nothing. STS takes 64 characters of `[\w+=,.@-]`: ten levels fit (12 + 1 + 9 x 5 = 58). */
export const taskPath = (text: string): TaskPath | undefined => (PATH.test(text) ? (text as TaskPath) : undefined);

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

/** A new root, from 12 or more random bytes. 36^12 is 62 bits: nobody can name a session in advance. */
export function rootPath(randomBytes: Uint8Array): TaskPath {
  // A byte is taken only below 252 = 7 x 36, so that every character is equally likely.
  const letters = [...randomBytes].filter((byte) => byte < 252).map((byte) => ALPHABET[byte % 36]);
  if (letters.length < 12) throw new RangeError("rootPath needs more random bytes");
  return `${letters.slice(0, 12).join("")}.` as TaskPath;
}

export const rootOf = (path: TaskPath): string => path.slice(0, path.indexOf("."));

/** The role of the pool that all of a tree's sessions in one account use: stable per task, so that a renewal finds it again. */
export function poolIndex(path: TaskPath, roles: number): number {
  let hash = 0x811c9dc5; // FNV-1a: any stable spread does, this one needs no import
  for (const character of rootOf(path)) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return hash % roles;
}
