import type { RoleLoad } from "./load.ts";
import type { RoleRef } from "./role-ref.ts";

/** How full the revocation policies of the roles are, for those who fill them. */
export interface RoleLoads {
  /** As the reconciler saw it, at most five seconds old, and with what this process has opened there since. */
  read(role: RoleRef): Promise<RoleLoad>;
  /** Counted here until the reconciler has. Asks nobody. */
  recordOpened(role: RoleRef, agent: string, characters: number): void;
  /** What the reconciler sees; written where it is news. */
  report(role: RoleRef, load: RoleLoad): Promise<void>;
}
