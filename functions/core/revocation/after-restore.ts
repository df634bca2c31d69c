import { EMPTY_CHAIN } from "../journal/event.ts";
import type { Panic } from "./panic.ts";

/** Author of the halt that a restored table begins with. */
export const RESTORED_BY = "restore";

/**
 * Halts a hub whose table is a restored copy, until a person lifts it. A copy does not know what was ended, used or revoked after its moment, so that
 * all of it from before the restore is dead: only a lift after the restore counts, and the cut of that lift is the floor of tasks, approvals and sessions.
 * @param stored latest panic that the table holds.
 * @param restoredAt moment of the restore, from the configuration; epoch seconds. Undefined where nothing was restored.
 */
export function afterRestore(stored: Panic | undefined, restoredAt: number | undefined): Panic | undefined {
  if (restoredAt === undefined) return stored;
  // A panic that lasts in the copy is lifted by a person too.
  if (stored && (stored.liftedAt ?? Number.POSITIVE_INFINITY) >= restoredAt) return stored;
  return {
    declaredAt: restoredAt,
    declaredBy: RESTORED_BY,
    reason: "The table was restored from a copy.",
    chain: stored?.chain ?? EMPTY_CHAIN,
  };
}
