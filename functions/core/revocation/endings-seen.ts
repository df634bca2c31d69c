import type { TaskPath } from "../tasks/path.ts";
import { mayBeAlive, type RoleEntry } from "./role-entry.ts";

/**
 * By then an ending is in the record or never will be: its transaction is begun right after its moment is noted, and all attempts at it take
 * less than ten seconds. Seconds.
 */
export const SETTLED_SECONDS = 30;

/** How many one write of a policy tells of: those that ended last. What ended earlier is told of by a write that came later. */
export const MOST_SEEN = 100;

/**
 * The tasks of the role that had ended in the record which a policy was rendered from, and that ended so lately that the time alone does not
 * say so. The moment in an ending is noted before it is written: a record that was read right after that moment may not have it yet.
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
