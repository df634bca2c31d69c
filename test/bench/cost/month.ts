import { TILE_WIDTH } from "../../../functions/core/archive/tiles.ts";
import { NEWS } from "../../../functions/core/revocation/load.ts";
import { MAY_LIVE_SECONDS } from "../../../functions/core/revocation/role-entry.ts";
import { LATEST } from "../../../functions/core/revocation/roles.ts";
import { TIMER_SHARDS } from "../../../functions/names.ts";
import { COLLECT_WINDOW_SECONDS } from "../../../infra/constructs/stores/archive.ts";
import type { Usage } from "./bill.ts";
import { itemBytes, readUnits, type WireItem } from "./capacity-units.ts";
import { gbSeconds } from "./lambda.ts";
import { PRICES } from "./prices.ts";

/**
 * Load of the month: a million tasks, spread evenly over the time and four task roles. The rate determines the endings
 * in a role's record. The rate and the default lifetime of a task determine the living tasks there.
 */
export const MONTH = { tasks: 1_000_000, seconds: 30 * 86_400, roles: 4, aliveSeconds: 900 } as const;

/** Computes the number of ended entries that one policy's listing reads, at a rate of endings in the role. */
export const endedEntries = (perSecond: number): number =>
  Math.min(Math.max(LATEST.most, perSecond * LATEST.seconds), perSecond * MAY_LIVE_SECONDS);

/**
 * Computes the additional reads of a role's listing at the month's rate, compared with the single measured task.
 * @param entry measured entry, in the wire format.
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
 * Computes the part of one task in the listings by which each minute's sweep finds deadlines.
 * @param entry measured entry, in the wire format.
 */
export function listedDeadlines(entry: WireItem | undefined): Usage {
  const living = (MONTH.tasks / MONTH.seconds / MONTH.roles) * MONTH.aliveSeconds;
  const ofASweep = MONTH.roles * readUnits(living * (entry ? itemBytes(entry) : 0));
  return {
    stage: "sweep",
    what: `role, listed each minute for deadlines: the ${Math.round(living)} alive, at a million a month`,
    unit: "read unit",
    count: (ofASweep * MONTH.seconds) / 60 / MONTH.tasks,
  };
}

/**
 * Batches and runs of the archive. `collect` waits some seconds for more events (infra/constructs/stores/archive.ts),
 * and each shard of the table's stream has its own batches. A new table on demand takes 4,000 writes a second, and a
 * partition takes 1,000: four shards.
 */
export const ARCHIVE = { windowSeconds: COLLECT_WINDOW_SECONDS, shards: 4, runSeconds: 30, eventsOfATask: 3 } as const;

/** Runs of `archive` in the month. */
export const RUNS = MONTH.seconds / ARCHIVE.runSeconds;
const BATCHES = (MONTH.seconds / ARCHIVE.windowSeconds) * ARCHIVE.shards;

/**
 * Puts of a run: the order, the entries and their hashes so far, the checkpoint. A full tile takes three more puts: its
 * entries, its hashes, and the hash above.
 */
const PUTS = { ofARun: 4, ofAFullTile: 3 } as const;

/**
 * Computes the puts of one task's events into the archive at the month's rate. The events of some seconds share a
 * batch.
 */
export const archivedTask = (): Usage => ({
  stage: "end",
  what: "archive: puts of batches, tiles and checkpoints",
  unit: "S3 list",
  count: (BATCHES + RUNS * PUTS.ofARun) / MONTH.tasks + (PUTS.ofAFullTile * ARCHIVE.eventsOfATask) / TILE_WIDTH,
});

/** Computes the part of one task in the runs of `collect` at the month's rate. */
export const collectedTask = (): readonly Usage[] => [
  { stage: "end", what: "collect, invoked", unit: "invocation", count: BATCHES / MONTH.tasks },
  { stage: "end", what: "collect, running", unit: "GB-second", count: (BATCHES / MONTH.tasks) * gbSeconds("collect") },
];

/**
 * Computes the writes of a role's load for one task at the month's rate. A load is written again when it is old, and
 * not at each ending.
 */
export function reportedLoad(): Usage {
  const betweenMs = (1_000 * MONTH.seconds * MONTH.roles) / MONTH.tasks;
  return { stage: "revoke", what: LOAD_WRITTEN, unit: "write unit", count: 1 / Math.ceil(NEWS.afterMs / betweenMs) };
}

/** Line of the load in the bill. A single task would pay for it in full. */
export const LOAD_WRITTEN = "load, written";

/**
 * Computes the cost of an idle month; US dollars. Each minute's sweep finds nothing due, and still queues each role.
 */
export function idleMonth(listingsOfASweep: number): number {
  const sweep =
    (listingsOfASweep * TIMER_SHARDS + 1) * PRICES["read unit"].dollars +
    // The sweep writes its progress.
    PRICES["write unit"].dollars +
    // One batch has a message for each role; they are received and deleted together.
    3 * PRICES["queue request"].dollars +
    PRICES.invocation.dollars * 2 +
    (gbSeconds("sweep") + gbSeconds("reconcile")) * PRICES["GB-second"].dollars +
    // Each role is listed twice, for its deadlines and for its policy.
    2 * MONTH.roles * PRICES["read unit"].dollars;
  return (sweep * MONTH.seconds) / 60;
}
