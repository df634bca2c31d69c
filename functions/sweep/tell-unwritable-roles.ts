import type { Deployment } from "../core/deployment/deployment.ts";
import type { Clock, Log } from "../core/ports.ts";
import type { RoleLoads } from "../core/revocation/load.ts";
import { unwritable } from "../core/revocation/unwritable.ts";
import { outagesAmong } from "../steps/revocation/outages-among.ts";
import { everyRole } from "../steps/tasks/every-role.ts";

export interface UnwritablePorts {
  readonly deployment: Pick<Deployment, "accounts" | "prefix">;
  readonly loads: Pick<RoleLoads, "writes">;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Logs each account in which IAM cannot be written, with the first moment of that. The alarm counts the lines. The sweep logs them, and not the reconciler: a
 * reconciler that does not run is such an outage too.
 */
export async function tellUnwritableRoles({ deployment, loads, clock, log }: UnwritablePorts): Promise<void> {
  const outages = await outagesAmong(everyRole(deployment), clock.nowMs(), { loads });
  for (const [account, each] of Map.groupBy(outages, ({ role }) => role.account)) {
    const sinceMs = Math.min(...each.map((outage) => outage.sinceMs));
    log.write({ level: "warn", event: "iam_unwritable", account, roles: each.length, ...unwritable(sinceMs) });
  }
}
