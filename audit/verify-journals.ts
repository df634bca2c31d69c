import {
  type ArchivedEvent,
  factsKey,
  type JournalName,
  parseEntry,
  type ReadEntry,
  withFacts,
} from "../functions/core/archive/entry.ts";
import { RESTORED } from "../functions/core/archive/restored-entry.ts";
import { brokenLink } from "../functions/core/journal/event.ts";
import type { ArchiveSource } from "./archive-source.ts";
import { type CutJournal, type Restore, verifyBranches } from "./branches.ts";
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
  readonly faults: readonly LogFault[];
}

/**
 * Reads the events of a log and verifies each journal's chain: no gaps, linked hashes, no number with two contents. The
 * log may have an event twice, with the same bytes. After a restore of the table, a journal continues from the copy's
 * last event.
 * @param parted journals of which the entries are only some events: their chain is not verified.
 */
export async function readJournals(
  entries: readonly (Buffer | undefined)[],
  source: ArchiveSource,
  parted: readonly JournalName[] = [],
): Promise<ReadJournals> {
  const faults: LogFault[] = [];
  const journals = new Map<string, ArchivedEvent[]>();
  const seen = new Set<string>();
  const places = new Map<ArchivedEvent, number>();
  for (const [index, bytes] of entries.entries()) {
    const text = bytes?.toString("latin1");
    if (!bytes || text === undefined || seen.has(text)) continue;
    seen.add(text);
    const entry = parseEntry(bytes);
    const event = entry && (await wholeEvent(entry, source, faults));
    if (!entry) faults.push(tampered(`entry ${index}`, "the entry is no event"));
    if (!event) continue;
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
    else if (restores.length === 0) faults.push(tampered(`${name} event ${twice.n}`, "two events have this number"));
    else {
      const branches = verifyBranches(name, journal, restores);
      faults.push(...branches.faults);
      cuts.push(...branches.cuts);
    }
  }
  return { events: events.flat(), journals: journals.size, restoredAt: restorations.map(({ at }) => at), cuts, faults };
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

function verifyChain(name: string, events: readonly ArchivedEvent[], faults: LogFault[]): void {
  const missing = events.find((event, index) => event.n !== index + 1);
  if (missing) {
    const after = events[events.indexOf(missing) - 1]?.n ?? 0;
    faults.push(incomplete(name, `events ${after + 1} to ${missing.n - 1} are missing`));
    return;
  }
  const broken = brokenLink(events.map(({ journal: _, ...event }) => event));
  if (broken >= 0)
    faults.push(tampered(`${name} event ${broken + 1}`, "its hash is not that of its content and of the event before"));
}
