import { anchorKey } from "../core/archive/anchor.ts";
import type { SignedLog } from "../core/archive/signed-log.ts";
import type { Archived } from "./journal-ports.ts";

const HOUR_MS = 3_600_000;
/** Hours whose checkpoint counts as the newest: `archive` puts one each hour, though nothing happens. */
const NEWEST_HOURS = 2;

/** Checkpoint as the second place holds it. */
export interface AnchoredNote {
  readonly key: string;
  readonly body: Buffer;
}

/** Lists the keys of the checkpoints of the last hours, the newest first. */
export const anchorKeys = (origin: string, nowMs: number, hours: number): readonly string[] =>
  Array.from({ length: hours }, (_, hour) => anchorKey(origin, nowMs - hour * HOUR_MS));

/** Lists the keys of which one is at the second place, unless `archive` does not reach it. */
export const newestKeys = (origin: string, nowMs: number): readonly string[] => anchorKeys(origin, nowMs, NEWEST_HOURS);

/** Reads the newest checkpoint of the second place. Read before the log, which has it then. @returns undefined where there is none. */
export async function readAnchored({ anchor, origin }: Archived, nowMs: number): Promise<AnchoredNote | undefined> {
  if (!anchor) return undefined;
  for (const key of newestKeys(origin, nowMs)) {
    const stored = await anchor.source.read(key);
    if (stored) return { key, body: stored.body };
  }
  return undefined;
}

/** Tells whether the second place holds the same log. */
export async function describeAnchor(log: SignedLog, { anchor }: Archived, note: AnchoredNote | undefined) {
  if (!anchor) return { state: "none" as const };
  const { bucket, account } = anchor.place;
  const place = { bucket, account };
  if (!note) return { state: "not_read" as const, ...place };
  const held = log.opened(note.body);
  const told = { ...place, key: note.key, ...(held ? { size: held.size } : {}) };
  if (!held || held.size > log.checkpoint.size) return { state: "differs" as const, ...told };
  const root = await log.rootAt(held.size);
  // Tiles that were removed by a rule of the bucket leave nothing to compare with.
  if (!root) return { state: "not_read" as const, ...told };
  return { state: root.equals(held.root) ? ("same" as const) : ("differs" as const), ...told };
}
