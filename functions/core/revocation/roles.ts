import type { TaskPath } from "../task-path.ts";
import type { RoleEntry } from "./role-entry.ts";
import type { RoleRef } from "./role-ref.ts";
import type { RoleSnapshot } from "./role-snapshot.ts";

export interface Roles {
  /** Reads the entries that the role's policy depends on, strongly consistent. @param nowSeconds epoch seconds. */
  snapshot(role: RoleRef, nowSeconds: number): Promise<RoleSnapshot>;
  /** Reads every task that may have had a live session in the role at a moment, strongly consistent. @param atSeconds epoch seconds. */
  issued(role: RoleRef, atSeconds: number): Promise<readonly RoleEntry[]>;
  /** Lists the tasks that have not ended yet in the role, including those after their deadline; strongly consistent. */
  living(role: RoleRef): Promise<readonly RoleEntry[]>;
  /**
   * Removes the entry that a task left in the list of active tasks when its lease moved to another role. Call it only
   * where the task has ended and `mayBeAlive` is false.
   */
  forget(role: RoleRef, path: TaskPath): Promise<void>;
}
