import { TIMER_SHARDS } from "../../functions/names.ts";
import type { Usage } from "./bill.ts";
import { itemBytes, readUnits, type WireItem } from "./capacity-units.ts";
import { gbSeconds } from "./lambda.ts";
import { PRICES } from "./prices.ts";

/** A million tasks in a month, evenly, over four task roles: what stands in a role's partition depends on how fast they come. */
export const MONTH = { tasks: 1_000_000, seconds: 30 * 86_400, roles: 4 } as const;

/**
 * What one listing of a role's partition reads more than when the task is alone, as it was when it was measured.
 * An entry stays until its `ttl`, and then as long as DynamoDB takes to remove it.
 * @param entry the measured one, on the wire.
 */
export function crowdedRole(entry: WireItem | undefined, lagSeconds: number): Usage {
  const bytes = entry ? itemBytes(entry) : 0;
  const staySeconds = entry ? Number(entry.ttl?.N) - Number(entry.openedAt?.N) + lagSeconds : 0;
  const entries = ((MONTH.tasks / MONTH.seconds) * staySeconds) / MONTH.roles;
  return {
    stage: "revoke",
    what: `role, listed: the ${Math.round(entries)} entries there at a million a month`,
    unit: "read unit",
    count: readUnits(entries * bytes) - 1,
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
