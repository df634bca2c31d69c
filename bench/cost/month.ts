import { MAY_LIVE_SECONDS } from "../../functions/core/revocation/role-entry.ts";
import { LATEST } from "../../functions/core/revocation/role-snapshot.ts";
import { TIMER_SHARDS } from "../../functions/names.ts";
import { COLLECT_WINDOW_SECONDS } from "../../infra/constructs/archive.ts";
import type { Usage } from "./bill.ts";
import { itemBytes, readUnits, type WireItem } from "./capacity-units.ts";
import { gbSeconds } from "./lambda.ts";
import { PRICES } from "./prices.ts";

/** Load of the month: a million tasks, evenly over the time and four task roles. The rate determines the endings in a role's record. */
export const MONTH = { tasks: 1_000_000, seconds: 30 * 86_400, roles: 4 } as const;

/** Computes the number of ended entries that are read for one policy, at a rate of endings in the role. */
export const endedEntries = (perSecond: number): number =>
  Math.min(Math.max(LATEST.most, perSecond * LATEST.seconds), perSecond * MAY_LIVE_SECONDS);

/**
 * Computes the additional reads of a role's listing at the month's rate, compared with the measured task, which was alone.
 * @param entry measured entry, on the wire.
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

/**
 * Seconds for which `collect` waits for more events, seconds between two runs of `archive` (infra/constructs/archive.ts), and puts of one run: order,
 * entries, tiles of three levels, checkpoint, and now and then a full tile.
 */
export const ARCHIVE = { windowSeconds: COLLECT_WINDOW_SECONDS, runSeconds: 30, putsOfARun: 7 } as const;

/** Computes the puts of one task's events into the archive at the month's rate, at which events of some seconds share a batch. */
export const archivedTask = (): Usage => ({
  stage: "end",
  what: "archive: puts of batches, tiles and checkpoints",
  unit: "S3 list",
  count:
    (MONTH.seconds / ARCHIVE.windowSeconds + (MONTH.seconds / ARCHIVE.runSeconds) * ARCHIVE.putsOfARun) / MONTH.tasks,
});

/** Computes the cost of an idle month, in which each minute's sweep finds nothing due and queues each role all the same; US dollars. */
export function idleMonth(listingsOfASweep: number): number {
  const sweep =
    (listingsOfASweep * TIMER_SHARDS + 1) * PRICES["read unit"].dollars +
    // The sweep's progress.
    PRICES["write unit"].dollars +
    // A message for each role in one batch; received and deleted together.
    3 * PRICES["queue request"].dollars +
    PRICES.invocation.dollars * 2 +
    (gbSeconds("sweep") + gbSeconds("reconcile")) * PRICES["GB-second"].dollars +
    MONTH.roles * PRICES["read unit"].dollars;
  return (sweep * MONTH.seconds) / 60;
}
