import type { JournalName } from "../../contract/journal-types.ts";
import {
  type ArchivedEvent,
  factsKey,
  parseEntry,
  type ReadEntry,
  withFacts,
} from "../../functions/core/archive/entry.ts";
import { RESTORED } from "../../functions/core/archive/restored-entry.ts";
import { hasOwnHash } from "../../functions/core/journal/event.ts";
import type { ArchiveSource } from "./archive-source.ts";
import { type CutJournal, type Restore, twoOf, verifyBranches } from "./branches.ts";
import { nameOf } from "./event-name.ts";
import { incomplete, type LogFault, tampered } from "./log-fault.ts";

/** Events of the log, with the faults of their journals. */
export interface ReadJournals {
  /** Events by journal and number, each once. */
  readonly events: readonly ArchivedEvent[];
  /** Journals that have at least one event. */
  readonly journals: number;
  /** Moments at which the table was restored from a copy; epoch milliseconds. */
  readonly restoredAt: readonly number[];
  /** Journals that a restore has cut. */
  readonly cuts: readonly CutJournal[];
  /** Names of the events that were left out, by their hashes. */
  readonly leftOut: ReadonlyMap<string, string>;
  readonly faults: readonly LogFault[];
}

/**
 * Reads the events of a log and verifies each journal's chain: no gaps, linked hashes, no number with two contents. The
 * log may have an event twice, with the same bytes. After a restore of the table, a journal continues from the copy's
 * last event.
 * @param parted journals of which the entries are only some events: their chain is not verified.
 * @param leave hashes of events that are left out of their journals.
 */
export async function readJournals(
  entries: readonly (Buffer | undefined)[],
  source: ArchiveSource,
  parted: readonly JournalName[] = [],
  leave: ReadonlySet<string> = new Set(),
): Promise<ReadJournals> {
  const faults: LogFault[] = [];
  const journals = new Map<string, ArchivedEvent[]>();
  const seen = new Set<string>();
  const places = new Map<ArchivedEvent, number>();
  const leftOut = new Map<string, string>();
  for (const [index, bytes] of entries.entries()) {
    const text = bytes?.toString("latin1");
    if (!bytes || text === undefined || seen.has(text)) continue;
    seen.add(text);
    const entry = parseEntry(bytes);
    const event = entry && (await wholeEvent(entry, source, faults));
    if (!entry) faults.push(tampered(`entry ${index}`, "the entry is no event"));
    if (!event) continue;
    if (leave.has(event.hash)) {
      leftOut.set(event.hash, `${nameOf(event)} (${event.hash})`);
      continue;
    }
    places.set(event, index);
    const name = `${event.journal} ${event.of}`;
    const journal = journals.get(name);
    if (journal) journal.push(event);
    else journals.set(name, [event]);
  }
  const events = [...journals.values()].map((journal) => journal.toSorted((a, b) => a.n - b.n || a.at - b.at));
  const restorations = events.flatMap(([first]) => (first?.type === RESTORED ? [first] : []));
  const placeOf = (event: ArchivedEvent): number => places.get(event) ?? Number.POSITIVE_INFINITY;
  const restores: readonly Restore[] = restorations
    .toSorted((a, b) => b.at - a.at)
    .map((entry) => {
      const copiedAt = Date.parse(String(entry.facts.copied_at));
      return {
        at: entry.at,
        ...(Number.isNaN(copiedAt) ? {} : { copiedAt }),
        isAfter: (event) => placeOf(event) < placeOf(entry),
      };
    });
  const cuts: CutJournal[] = [];
  for (const [index, name] of [...journals.keys()].entries()) {
    const journal = events[index] ?? [];
    if (journal.some((event) => parted.includes(event.journal))) continue;
    const twice = journal.find(({ n }, at) => n === journal[at + 1]?.n);
    if (!twice) verifyChain(name, journal, faults);
    else if (restores.length === 0) faults.push(twoOf(name, journal, twice.n));
    else {
      const branches = verifyBranches(name, journal, restores);
      faults.push(...branches.faults);
      cuts.push(...branches.cuts);
    }
  }
  const restoredAt = restorations.map(({ at }) => at);
  return { events: events.flat(), journals: journals.size, restoredAt, cuts, leftOut, faults };
}

async function wholeEvent(
  entry: ReadEntry,
  source: ArchiveSource,
  faults: LogFault[],
): Promise<ArchivedEvent | undefined> {
  if (!("factsIn" in entry)) return entry;
  const name = factsKey(entry.factsIn);
  const body = await source.read(name);
  const event = withFacts(entry, body);
  if (event) return event;
  faults.push(
    body ? tampered(name, "the facts are not those of the entry") : incomplete(name, "the facts are missing"),
  );
  return undefined;
}

/** Verifies a chain, and goes on behind each fault: a known fault must not hide a later one. */
function verifyChain(name: string, events: readonly ArchivedEvent[], faults: LogFault[]): void {
  for (const [index, { journal: _, ...event }] of events.entries()) {
    const before = events[index - 1];
    const after = before?.n ?? 0;
    const isNext = event.n === after + 1;
    if (!isNext) faults.push(incomplete(name, `events ${after + 1} to ${event.n - 1} are missing`));
    if (!hasOwnHash(event) || (isNext && event.previous !== (before?.hash ?? "")))
      faults.push(tampered(`${name} event ${event.n}`, "its hash is not that of its content and of the event before"));
  }
}
