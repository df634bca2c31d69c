import type { RoleLoad } from "./load.ts";
import type { RoleRef } from "./role-ref.ts";

/** Loads of the roles' revocation policies, for the exchange that fills them. */
export interface RoleLoads {
  /** Reads the load that the reconciler reported, plus the tasks that this process has opened since. */
  read(role: RoleRef): Promise<RoleLoad>;
  /** Counts a task that this process opened, until the reconciler's load includes it. In memory only. */
  recordOpened(role: RoleRef, agent: string, characters: number): void;
  /** Writes the load that the reconciler computed, where it differs enough from the last one. */
  report(role: RoleRef, load: RoleLoad): Promise<void>;
}
