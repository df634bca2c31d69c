import { defined } from "../defined.ts";
import type { ObjectSource } from "./archive-store.ts";
import type { EventCounter } from "./count-events.ts";
import type { ArchivedEvent, ReadEntry } from "./entry.ts";
import { factsKey, parseEntry, withFacts } from "./entry.ts";
import { ForkedArchive } from "./forked-archive.ts";
import { isSelected, type Selection } from "./selection.ts";
import type { SignedLog } from "./signed-log.ts";
import { TILE_WIDTH } from "./tiles.ts";

/**
 * Upper bounds on one search: bundles of 256 entries, objects of large facts, bytes read, and bytes of returned events.
 */
const MOST = { bundles: 16, facts: 64, readBytes: 33_554_432, bytes: 1_048_576 } as const;

const HOUR_MS = 3_600_000;
/** Largest difference between two clocks. */
const SKEW_MS = 300_000;
/**
 * Time for which the table's stream retains an event. `untilMs` misses events that come into the log later than that.
 */
const LATEST_MS = 24 * HOUR_MS;
/** Number of hours that are tried until one has a checkpoint. */
const HOURS = 3;

/** Search in the log, from the newest entry back. */
export interface Search extends Selection {
  /** Place before which the search begins; by default the end of the log. */
  readonly before?: number | undefined;
  /** Upper bound on the returned events. */
  readonly limit: number;
  /** Counter that sees every selected event. With it the search goes on where the answer has its events already. */
  readonly counter?: Pick<EventCounter, "see">;
}

/** Event with its place in the log. */
export interface Placed {
  readonly index: number;
  readonly event: ArchivedEvent | ReadEntry;
}

/** Result of a search. */
export interface Found {
  /** Newest first. */
  readonly events: readonly Placed[];
  /** First place that the search has read, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** Time of the earliest entry that was read; epoch milliseconds. Absent where none was read. */
  readonly backToMs?: number;
  /** Place before which the search has to continue; absent where nothing before it can match. */
  readonly next?: number;
  /** Place before which entries are no longer in the archive. */
  readonly goneBefore?: number;
}

/**
 * Searches the log, newest first, and stops at its bounds. The hourly checkpoints show the place before which no entry
 * is as new as `sinceMs`.
 * @param source bucket, for facts in an object of their own.
 * @throws {ForkedArchive} where an entry differs from what was signed.
 */
export async function searchLog(log: SignedLog, wanted: Search, source: ObjectSource): Promise<Found> {
  const { from: floor, to } = await boundsOf(log, wanted);
  const events: Placed[] = [];
  const read = { bundles: 0, facts: 0, readBytes: 0, bytes: 0 };
  let backToMs: number | undefined;
  let at = to;
  const found = (isGone = false): Found => ({
    events,
    from: at,
    to,
    ...defined({ backToMs }),
    ...(isGone ? { goneBefore: at } : at > floor ? { next: at } : {}),
  });
  const isShown = () => events.length >= wanted.limit || read.bytes >= MOST.bytes;
  const isFull = () => (wanted.counter === undefined && isShown()) || read.facts >= MOST.facts;
  while (at > floor && read.bundles < MOST.bundles && read.readBytes < MOST.readBytes) {
    const index = Math.floor((at - 1) / TILE_WIDTH);
    const entries = await log.entries(index);
    if (!entries) return found(true);
    read.bundles += 1;
    read.readBytes += entries.reduce((sum, { length }) => sum + length, 0);
    for (const first = Math.max(floor, index * TILE_WIDTH); at > first; at -= 1) {
      if (isFull()) return found();
      const bytes = entries[(at - 1) % TILE_WIDTH] ?? Buffer.alloc(0);
      const entry = parseEntry(bytes);
      if (!entry) continue;
      backToMs = Math.min(backToMs ?? entry.at, entry.at);
      const body = await factsOf(entry, wanted, source, read);
      const event = withFacts(entry, body);
      if (body && !event) throw new ForkedArchive(`entry ${at - 1} has other facts than were signed`);
      const whole = event ?? { ...entry, facts: {} };
      if (!isSelected(whole, wanted)) continue;
      wanted.counter?.see(whole);
      if (isShown()) continue;
      events.push({ index: at - 1, event: event ?? entry });
      read.bytes += bytes.length + (body?.length ?? 0);
    }
  }
  return found();
}

/**
 * Reads facts from an object of their own, where the rest of the entry matches.
 * @returns undefined where they are in the entry, or gone.
 */
async function factsOf(
  entry: ReadEntry,
  { sinceMs, untilMs, isDenied }: Selection,
  source: ObjectSource,
  read: { facts: number },
): Promise<Buffer | undefined> {
  if (!("factsIn" in entry)) return undefined;
  const { factsIn, ...head } = entry;
  const times = { ...defined({ sinceMs, untilMs }) };
  if (!isSelected({ ...head, facts: {} }, { ...times, isDenied: isDenied === true })) return undefined;
  read.facts += 1;
  return (await source.read(factsKey(factsIn)))?.body;
}

/** Computes the places between which entries can match. */
async function boundsOf(log: SignedLog, { before, sinceMs, untilMs }: Search) {
  const { size } = log.checkpoint;
  const end = Math.min(before ?? size, size);
  const [from, to] = await Promise.all([
    sinceMs === undefined ? 0 : firstOf(log, sinceMs - SKEW_MS - HOUR_MS, -HOUR_MS),
    untilMs === undefined ? size : firstOf(log, untilMs + SKEW_MS + LATEST_MS + HOUR_MS, HOUR_MS),
  ]);
  return { from: Math.min(from ?? 0, end), to: Math.min(to ?? size, end) };
}

/** Returns the size of the log at the first of these hours that has a checkpoint. */
async function firstOf(log: SignedLog, fromMs: number, stepMs: number): Promise<number | undefined> {
  for (let hour = 0; hour < HOURS; hour += 1) {
    const size = await log.sizeAtHour(fromMs + hour * stepMs);
    if (size !== undefined) return size;
  }
  return undefined;
}
