import {
  type ArchivedEvent,
  factsKey,
  parseEntry,
  type ReadEntry,
  withFacts,
} from "../functions/core/archive/entry.ts";
import { brokenLink } from "../functions/core/journal/event.ts";
import type { ArchiveSource } from "./archive-source.ts";
import { incomplete, type LogFault, tampered } from "./log-fault.ts";

/** Events of the log, with all that is wrong with the journals that they belong to. */
export interface ReadJournals {
  /** Events by journal and number, each once. */
  readonly events: readonly ArchivedEvent[];
  /** Journals that have at least one event. */
  readonly journals: number;
  readonly faults: readonly LogFault[];
}

/**
 * Reads the events of a log and verifies each journal's chain: numbers without gaps, hashes that link, and no number with two contents. An event may
 * stand in the log twice, with the same bytes.
 */
export async function readJournals(
  entries: readonly (Buffer | undefined)[],
  source: ArchiveSource,
): Promise<ReadJournals> {
  const faults: LogFault[] = [];
  const journals = new Map<string, Map<number, ArchivedEvent>>();
  const seen = new Set<string>();
  for (const [index, bytes] of entries.entries()) {
    const text = bytes?.toString("latin1");
    if (!bytes || text === undefined || seen.has(text)) continue;
    seen.add(text);
    const entry = parseEntry(bytes);
    const event = entry && (await wholeEvent(entry, source, faults));
    if (!entry) faults.push(tampered(`entry ${index}`, "the entry is no event"));
    if (!event) continue;
    const name = `${event.journal} ${event.of}`;
    const journal = journals.get(name) ?? new Map<number, ArchivedEvent>();
    journals.set(name, journal);
    if (journal.has(event.n)) faults.push(tampered(`${name} event ${event.n}`, "two events have this number"));
    else journal.set(event.n, event);
  }
  for (const [name, journal] of journals) verifyChain(name, journal, faults);
  return { events: [...journals.values()].flatMap(inOrder), journals: journals.size, faults };
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

function verifyChain(name: string, journal: ReadonlyMap<number, ArchivedEvent>, faults: LogFault[]): void {
  const events = inOrder(journal);
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

const inOrder = (journal: ReadonlyMap<number, ArchivedEvent>): readonly ArchivedEvent[] =>
  [...journal.values()].toSorted((a, b) => a.n - b.n);
