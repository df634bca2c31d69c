import type { TaskPath } from "../task-path.ts";
import { mayBeAlive, type RoleEntry } from "./role-entry.ts";

/**
 * Seconds after an ending's moment within which it is recorded, if ever. The transaction starts right after the moment
 * is noted, and all attempts take less than ten seconds.
 */
export const SETTLED_SECONDS = 30;

/** At most this many endings are recorded with each policy write, the latest first; a later write records the rest. */
export const MOST_SEEN = 100;

/**
 * Lists the ended tasks in a policy's snapshot whose inclusion the snapshot's time alone does not prove, since they
 * ended shortly before. An ending's moment is noted before the ending is written. A snapshot taken right after that
 * moment may thus lack the ending.
 */
export function endingsSeen(entries: readonly RoleEntry[], snapshotAtMs: number): readonly TaskPath[] {
  const nowSeconds = snapshotAtMs / 1_000;
  // An entry's ending is in whole seconds, rounded down.
  const since = nowSeconds - SETTLED_SECONDS - 1;
  return entries
    .flatMap((entry) => (entry.endedAt === undefined ? [] : [{ ...entry, endedAt: entry.endedAt }]))
    .filter((entry) => entry.endedAt >= since && mayBeAlive(entry, nowSeconds))
    .sort((a, b) => b.endedAt - a.endedAt)
    .slice(0, MOST_SEEN)
    .map(({ path }) => path);
}
