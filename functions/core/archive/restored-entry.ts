import type { EventType } from "../../../contract/journal-types.ts";
import { EMPTY_CHAIN, nextEvent } from "../journal/event.ts";
import { entryOf, parseEntry } from "./entry.ts";
import type { Restored } from "./restored.ts";

/** Type of the one event that is not from the table: the archive itself adds it. */
export const RESTORED = "table.restored" satisfies EventType;

/**
 * Makes the entry that reports a restore of the table. From this entry on, journals continue from the end of the copy.
 * Equal moments give equal bytes.
 */
export function restoredEntry({ atMs, copiedAtMs }: Restored): Buffer {
  const facts = copiedAtMs === undefined ? {} : { copied_at: instantOf(copiedAtMs) };
  const event = nextEvent(EMPTY_CHAIN, `restore ${instantOf(atMs)}`, RESTORED, atMs, facts);
  return entryOf({ journal: "deployment", ...event }).bytes;
}

/** True for an entry that reports a restore. */
export const isRestoredEntry = (entry: Buffer): boolean => parseEntry(entry)?.type === RESTORED;

/** Key of the mark that the entry is in the log. */
export const restoredKey = ({ atMs }: Pick<Restored, "atMs">): string => `restored/${instantOf(atMs)}`;

const instantOf = (atMs: number): string => new Date(atMs).toISOString();
