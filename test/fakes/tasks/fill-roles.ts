import { noLoad } from "../../../functions/core/revocation/load.ts";
import { INLINE_POLICY_CHARACTERS } from "../../../functions/core/revocation/render.ts";
import { everyRole } from "../../../functions/steps/tasks/every-role.ts";
import type { FakeWorld } from "../world/world.ts";

/** Fills every role of the deployment with tasks of many agents: as many as the role's policy can deny. */
export function fillRoles({ ports: { deployment, loads } }: FakeWorld): void {
  for (const role of everyRole(deployment))
    loads.loads.set(`${role.account}#${role.role}`, {
      ...noLoad(0),
      characters: INLINE_POLICY_CHARACTERS,
      agentCount: 30,
    });
}
