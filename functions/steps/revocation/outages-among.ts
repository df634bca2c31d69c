import { atOnce } from "../../core/at-once.ts";
import type { RoleLoads } from "../../core/revocation/load.ts";
import type { RoleRef } from "../../core/revocation/roles.ts";
import { type UnwritableRole, unwritableSince } from "../../core/revocation/unwritable.ts";

/** Roles that are read at the same time. */
const AT_ONCE = 16;

/** Lists those of the roles where IAM cannot be written, as far as the reconciler's reports show. */
export async function outagesAmong(
  roles: readonly RoleRef[],
  nowMs: number,
  { loads }: { readonly loads: Pick<RoleLoads, "writes"> },
): Promise<readonly UnwritableRole[]> {
  const read = await atOnce(AT_ONCE, roles, async (role) => ({
    role,
    sinceMs: unwritableSince(await loads.writes(role), nowMs),
  }));
  return read.flatMap(({ role, sinceMs }) => (sinceMs === undefined ? [] : [{ role, sinceMs }]));
}
