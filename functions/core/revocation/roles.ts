import type { RoleEntry } from "./role-entry.ts";
import type { RoleRef } from "./role-ref.ts";
import type { RoleSnapshot } from "./role-snapshot.ts";

export interface Roles {
  /** What the role's policy depends on, strongly read. Epoch seconds. */
  snapshot(role: RoleRef, nowSeconds: number): Promise<RoleSnapshot>;
  /** Every task that had a session in the role which may have stood at that moment, strongly read. Epoch seconds. */
  issued(role: RoleRef, atSeconds: number): Promise<readonly RoleEntry[]>;
}
