import { noLoad, type RoleLoad, type RoleLoads, withOpened } from "../../../functions/core/revocation/load.ts";
import type { RoleRef } from "../../../functions/core/revocation/roles.ts";

/** Fake loads of the roles' policies, in memory. */
export class FakeRoleLoads implements RoleLoads {
  readonly loads = new Map<string, RoleLoad>();
  before: (method: string) => void | Promise<void> = () => undefined;

  async read(role: RoleRef): Promise<RoleLoad> {
    await this.before("read");
    return this.loads.get(nameOf(role)) ?? noLoad(0);
  }

  recordOpened(role: RoleRef, agent: string, characters: number): void {
    this.loads.set(nameOf(role), withOpened(this.loads.get(nameOf(role)) ?? noLoad(0), [{ agent, characters }]));
  }

  async report(role: RoleRef, load: RoleLoad): Promise<void> {
    await this.before("report");
    this.loads.set(nameOf(role), load);
  }
}

const nameOf = ({ account, role }: RoleRef): string => `${account}#${role}`;
