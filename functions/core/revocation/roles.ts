import type { RoleEntry } from "./role-entry.ts";
import type { RoleRef } from "./role-ref.ts";
import type { RoleSnapshot } from "./role-snapshot.ts";

export interface Roles {
  /** Reads the entries that the role's policy depends on, strongly consistent. @param nowSeconds epoch seconds. */
  snapshot(role: RoleRef, nowSeconds: number): Promise<RoleSnapshot>;
  /** Reads every task that may have had a live session in the role at a moment, strongly consistent. @param atSeconds epoch seconds. */
  issued(role: RoleRef, atSeconds: number): Promise<readonly RoleEntry[]>;
}
