import { ForkedArchive } from "../core/archive/forked-archive.ts";
import { SignedLog } from "../core/archive/signed-log.ts";
import type { Clock, Log } from "../core/ports.ts";
import type { Archived } from "./journal-ports.ts";
import { type AnchoredNote, anchorKeys, describeAnchor, newestKeys } from "./witness.ts";

/**
 * Hours whose checkpoints are compared. A forged log is anchored anew within the hour, so the newest checkpoint fits it, and only earlier ones differ. Each
 * checkpoint is compared in this many runs, so that a few failed runs hide nothing.
 */
const HOURS = 24;

export interface AnchorPorts {
  readonly archived: Archived;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Compares the last day's checkpoints at the witness with the log. An alarm rings if one is of another log, or if the newest are missing. Does nothing
 * where no witness is configured. A rule starts the comparison each hour, so that a fork is found even if nobody reads the log.
 * @throws {Refusal} archive_unavailable where one of the two cannot be read.
 */
export async function compareAnchor({ archived, clock, log }: AnchorPorts): Promise<void> {
  const { anchor, origin } = archived;
  if (!anchor) return;
  const nowMs = clock.nowMs();
  const keys = anchorKeys(origin, nowMs, HOURS);
  // Read before the log, so that the log covers them.
  const read = await Promise.all(keys.map(async (key) => ({ key, stored: await anchor.source.read(key) })));
  const notes = read.flatMap(({ key, stored }) => (stored ? [{ key, body: stored.body }] : []));
  const faults = await faultsOf(notes, archived, newestKeys(origin, nowMs));
  for (const why of faults) log.write({ level: "error", event: "anchor_differs", why });
  if (faults.length === 0) log.write({ level: "info", event: "anchor_compared", checkpoints: notes.length });
}

/** Lists the keys of checkpoints of another log, and other faults. @param newest keys of which one must be among the notes. */
async function faultsOf(
  notes: readonly AnchoredNote[],
  archived: Archived,
  newest: readonly string[],
): Promise<readonly string[]> {
  const faults: string[] = [];
  try {
    const signed = await SignedLog.open(archived.source, archived.origin);
    if (!signed) return notes.length === 0 ? [] : ["the archive has no log"];
    if (!notes.some(({ key }) => newest.includes(key))) faults.push("the witness has no checkpoint of these hours");
    for (const note of notes)
      if ((await describeAnchor(signed, archived, note)).state === "differs") faults.push(note.key);
  } catch (error) {
    if (!(error instanceof ForkedArchive)) throw error;
    faults.push(error.message);
  }
  return faults;
}
