import type { PanicState } from "../../../contract/panic.ts";
import { atOnce } from "../../core/at-once.ts";
import { defined } from "../../core/defined.ts";
import type { Ports } from "../../core/ports.ts";
import { isHalted, type Panic } from "../../core/revocation/panic.ts";
import { CLOCK_MARGIN_SECONDS, diesBy, mayBeAlive } from "../../core/revocation/role-entry.ts";
import { unwritable } from "../../core/revocation/unwritable.ts";
import { isoSeconds } from "../../core/text/iso-seconds.ts";
import { everyRole } from "../tasks/every-role.ts";
import { outagesAmong } from "./outages-among.ts";

/** Roles that are listed at the same time. */
const AT_ONCE = 16;

/**
 * Describes where IAM cannot be written, since when, and by when the last key that was issued until now is dead by itself; undefined where it can be written
 * everywhere. A partition has one IAM, and roles notice its outage one after the other. The bound therefore counts the keys of all roles, and leaves out only
 * roles whose policy has had the panic by every clock.
 * @param panic latest panic.
 */
export async function describeOutage(
  panic: Panic | undefined,
  ports: Pick<Ports, "deployment" | "clock" | "loads" | "roles">,
): Promise<PanicState["unwritable"]> {
  const nowMs = ports.clock.nowMs();
  const roles = everyRole(ports.deployment);
  const outages = await outagesAmong(roles, nowMs, ports);
  if (outages.length === 0) return undefined;
  const deniesAllAt = isHalted(panic, nowMs / 1_000) ? (panic?.declaredAt ?? 0) + CLOCK_MARGIN_SECONDS : Infinity;
  const fences = await atOnce(AT_ONCE, roles, async (role) => {
    if ((await ports.loads.writes(role)).succeededAtMs >= deniesAllAt * 1_000) return [];
    const entries = await ports.roles.issued(role, nowMs / 1_000);
    return entries.filter((entry) => mayBeAlive(entry, nowMs / 1_000)).map(diesBy);
  });
  const last = fences.flat().reduce((latest, each) => Math.max(latest, each), 0);
  return {
    ...unwritable(Math.min(...outages.map(({ sinceMs }) => sinceMs))),
    accounts: [...new Set(outages.map(({ role }) => role.account))],
    ...defined({ last_key_dies_by: last === 0 ? undefined : isoSeconds(last) }),
  };
}
