import { EMPTY_CHAIN } from "../journal/event.ts";
import type { Panic } from "./panic.ts";

/** Author of the halt with which a restored table begins. */
export const RESTORED_BY = "restore";

/**
 * Halts a hub whose table is a restored copy, until a person lifts the halt. A copy lacks every ending, use and
 * revocation after the copy's moment, so everything from before the restore is invalid. Only a lift after the restore
 * counts. The cut of that lift is the floor of tasks, approvals and sessions.
 * @param stored latest panic in the table.
 * @param restoredAt moment of the restore, from the configuration; epoch seconds. Undefined where nothing was restored.
 */
export function afterRestore(stored: Panic | undefined, restoredAt: number | undefined): Panic | undefined {
  if (restoredAt === undefined) return stored;
  // A person has to lift a panic that is still in force in the copy in any case.
  if (stored && (stored.liftedAt ?? Number.POSITIVE_INFINITY) >= restoredAt) return stored;
  return {
    declaredAt: restoredAt,
    declaredBy: RESTORED_BY,
    reason: "The table was restored from a copy.",
    chain: stored?.chain ?? EMPTY_CHAIN,
  };
}
