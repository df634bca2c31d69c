import type { Journal } from "../../contract/journal.ts";
import { anchorKey } from "../core/archive/anchor.ts";
import type { SignedLog } from "../core/archive/signed-log.ts";
import type { Archived } from "./journal-ports.ts";

const HOUR_MS = 3_600_000;
/** Hours whose checkpoint counts as the newest: `archive` puts one each hour, even if nothing happens. */
const NEWEST_HOURS = 2;

/** Checkpoint of the witness. */
export interface AnchoredNote {
  readonly key: string;
  readonly body: Buffer;
}

/** Lists the keys of the checkpoints of the last hours, the newest first. */
export const anchorKeys = (origin: string, nowMs: number, hours: number): readonly string[] =>
  Array.from({ length: hours }, (_, hour) => anchorKey(origin, nowMs - hour * HOUR_MS));

/** Lists the keys of the newest checkpoints. One of them is at the witness, if `archive` can reach it. */
export const newestKeys = (origin: string, nowMs: number): readonly string[] => anchorKeys(origin, nowMs, NEWEST_HOURS);

/** Reads the newest checkpoint of the witness. Read it before the log, so that the log covers it. @returns undefined where there is none. */
export async function readAnchored({ anchor, origin }: Archived, nowMs: number): Promise<AnchoredNote | undefined> {
  if (!anchor) return undefined;
  for (const key of newestKeys(origin, nowMs)) {
    const stored = await anchor.source.read(key);
    if (stored) return { key, body: stored.body };
  }
  return undefined;
}

/** Compares a checkpoint of the witness with the log. */
export async function describeAnchor(
  log: SignedLog,
  { anchor }: Archived,
  note: AnchoredNote | undefined,
): Promise<Journal["anchor"]> {
  if (!anchor) return { state: "none" };
  const { bucket, account } = anchor.place;
  const place = { bucket, account };
  if (!note) return { state: "not_read", ...place };
  const anchored = log.opened(note.body);
  const found = { ...place, key: note.key, ...(anchored ? { size: anchored.size } : {}) };
  if (!anchored || anchored.size > log.checkpoint.size) return { state: "differs", ...found };
  const root = await log.rootAt(anchored.size);
  // A rule of the bucket may have removed the tiles that the comparison needs.
  if (!root) return { state: "not_read", ...found };
  return { state: root.equals(anchored.root) ? "same" : "differs", ...found };
}
