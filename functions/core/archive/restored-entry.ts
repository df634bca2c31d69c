import { EMPTY_CHAIN, linkEvent } from "../journal/event.ts";
import { entryOf, parseEntry } from "./entry.ts";

/** Type of the one event that is not of the table: the archive itself adds it. */
export const RESTORED = "table.restored";

/** Entry that tells of a restore: from then on, journals go on from where the copy ended. The same bytes for the same moment. @param atMs epoch milliseconds. */
export const restoredEntry = (atMs: number): Buffer =>
  entryOf({ journal: "deployment", ...linkEvent(EMPTY_CHAIN, `restore ${instantOf(atMs)}`, RESTORED, atMs, {}) }).bytes;

/** True for an entry that tells of a restore. */
export const isRestoredEntry = (entry: Buffer): boolean => parseEntry(entry)?.type === RESTORED;

/** Key of the mark that the log holds the entry. @param atMs epoch milliseconds. */
export const restoredKey = (atMs: number): string => `restored/${instantOf(atMs)}`;

const instantOf = (atMs: number): string => new Date(atMs).toISOString();

/** Reads the moment from the function's environment; epoch milliseconds. @returns undefined for `none`. @throws {Error} on any other text that is no instant. */
export function parseRestoredAt(text: string): number | undefined {
  if (text === "none") return undefined;
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs)) throw new Error(`no moment of a restore: ${text}`);
  return atMs;
}
