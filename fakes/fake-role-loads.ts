import { noLoad, type RoleLoad, withOpened } from "../functions/core/revocation/load.ts";
import { INLINE_POLICY_CHARACTERS } from "../functions/core/revocation/render.ts";
import type { RoleLoads } from "../functions/core/revocation/role-loads.ts";
import type { RoleRef } from "../functions/core/revocation/role-ref.ts";
import { everyRole } from "../functions/steps/tasks/every-role.ts";
import type { FakeWorld } from "./fake-world.ts";

/** How full each role's policy is, in memory. */
export class FakeRoleLoads implements RoleLoads {
  readonly loads = new Map<string, RoleLoad>();
  before: (method: string) => void | Promise<void> = () => undefined;

  async read(role: RoleRef): Promise<RoleLoad> {
    await this.before("read");
    return this.loads.get(nameOf(role)) ?? noLoad(0);
  }

  opened(role: RoleRef, agent: string, characters: number): void {
    this.loads.set(nameOf(role), withOpened(this.loads.get(nameOf(role)) ?? noLoad(0), agent, characters));
  }

  async report(role: RoleRef, load: RoleLoad): Promise<void> {
    await this.before("report");
    this.loads.set(nameOf(role), load);
  }
}

/** Every role of the deployment has as many tasks of many agents as it can take back. */
export function fillRoles({ ports: { deployment, loads } }: FakeWorld): void {
  for (const role of everyRole(deployment))
    loads.loads.set(nameOf(role), { ...noLoad(0), characters: INLINE_POLICY_CHARACTERS, agentCount: 30 });
}

const nameOf = ({ account, role }: RoleRef): string => `${account}#${role}`;
