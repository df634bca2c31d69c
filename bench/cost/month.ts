import { MAY_LIVE_SECONDS } from "../../functions/core/revocation/role-entry.ts";
import { LATEST } from "../../functions/core/revocation/role-snapshot.ts";
import { TIMER_SHARDS } from "../../functions/names.ts";
import type { Usage } from "./bill.ts";
import { itemBytes, readUnits, type WireItem } from "./capacity-units.ts";
import { gbSeconds } from "./lambda.ts";
import { PRICES } from "./prices.ts";

/** A million tasks in a month, evenly, over four task roles: what has ended in a role depends on how fast they come. */
export const MONTH = { tasks: 1_000_000, seconds: 30 * 86_400, roles: 4 } as const;

/** How much of what ended in a role is read for one policy, at that many endings a second in it. */
export const endedEntries = (perSecond: number): number =>
  Math.min(Math.max(LATEST.most, perSecond * LATEST.seconds), perSecond * MAY_LIVE_SECONDS);

/**
 * What one listing of what ended in a role reads more than when the task is alone, as it was when it was measured.
 * @param entry the measured one, on the wire.
 */
export function crowdedRole(entry: WireItem | undefined): Usage {
  const entries = endedEntries(MONTH.tasks / MONTH.seconds / MONTH.roles);
  return {
    stage: "revoke",
    what: `role, listed: the ${Math.round(entries)} that ended in the last minutes, at a million a month`,
    unit: "read unit",
    count: readUnits(entries * (entry ? itemBytes(entry) : 0)) - 1,
  };
}

/** Dollars of a month in which every minute's sweep finds nothing to do, and asks for each role all the same. */
export function idleMonth(listingsOfASweep: number): number {
  const sweep =
    (listingsOfASweep * TIMER_SHARDS + 1) * PRICES["read unit"].dollars +
    // How far it came.
    PRICES["write unit"].dollars +
    // A message for each role in one batch; taken and deleted together.
    3 * PRICES["queue request"].dollars +
    PRICES.invocation.dollars * 2 +
    (gbSeconds("sweep") + gbSeconds("reconcile")) * PRICES["GB-second"].dollars +
    MONTH.roles * PRICES["read unit"].dollars;
  return (sweep * MONTH.seconds) / 60;
}
