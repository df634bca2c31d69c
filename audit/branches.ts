import type { ArchivedEvent } from "../functions/core/archive/entry.ts";
import { brokenLink } from "../functions/core/journal/event.ts";
import { incomplete, type LogFault, tampered } from "./log-fault.ts";

/** Journal that a restore of the table has cut: it goes on from an event before its last one. */
export interface CutJournal {
  /** Kind and subject of the journal. */
  readonly journal: string;
  /** Number of the last event that the copy had; 0 where it had none. */
  readonly after: number;
}

/** Restore of the table, as the log tells of it. */
export interface Restore {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Moment of the table that the copy held, where the log tells it; epoch milliseconds. */
  readonly copiedAt?: number;
  /** True for an event whose place in the log is before the restore's entry. */
  readonly isAfter: (event: ArchivedEvent) => boolean;
}

/** Time by which an event's own clock may be before the moment at which the table had the event; milliseconds. */
const WRITING_MS = 60_000;

/**
 * True where the restore explains two contents of one number: the copy did not have the first, and the second was written after it. The first is from
 * before the restore, or the archive had it before it heard of the restore: until the hub is deployed, the old table goes on. What is older than the
 * copy the copy has, so that no restore explains another content of it.
 */
const explains = (
  { at, copiedAt = Number.NEGATIVE_INFINITY, isAfter }: Restore,
  first: ArchivedEvent,
  second: ArchivedEvent,
): boolean => second.at >= at && first.at >= copiedAt - WRITING_MS && (first.at < at || isAfter(first));

/**
 * Verifies a journal in which a number has two contents. A restore explains one such place: after it, the journal goes on from where the copy ended.
 * Each branch is a whole chain from the first event on.
 * @param restores all restores, the latest first.
 */
export function verifyBranches(
  name: string,
  events: readonly ArchivedEvent[],
  restores: readonly Restore[],
): { readonly cuts: readonly CutJournal[]; readonly faults: readonly LogFault[] } {
  const next = Map.groupBy(events, ({ previous }) => previous);
  const cuts: CutJournal[] = [];
  const faults: LogFault[] = [];
  const unused = [...restores];
  const reached = new Set<ArchivedEvent>();
  const open: ArchivedEvent[][] = [[]];
  for (let branch = open.pop(); branch; branch = open.pop()) {
    const last = branch.at(-1);
    const [first, second, ...more] = (next.get(last?.hash ?? "") ?? []).toSorted((a, b) => a.at - b.at);
    if (!first) {
      if (brokenLink(branch.map(({ journal: _, ...event }) => event)) >= 0)
        faults.push(tampered(name, "a hash is not that of its content and of the event before"));
      continue;
    }
    for (const event of second ? [first, second] : [first]) reached.add(event);
    if (!second) {
      branch.push(first);
      open.push(branch);
      continue;
    }
    // One restore cuts a journal once. The latest that explains it leaves an earlier one for an earlier cut of the same journal.
    const cause = unused.findIndex((restore) => explains(restore, first, second));
    if (more.length > 0 || cause < 0)
      return { cuts, faults: [tampered(`${name} event ${first.n}`, "two events have this number")] };
    unused.splice(cause, 1);
    cuts.push({ journal: name, after: last?.n ?? 0 });
    open.push([...branch, second], [...branch, first]);
  }
  const loose = events.length - reached.size;
  if (loose > 0) faults.push(incomplete(name, `${loose} events follow none that is here`));
  return { cuts, faults };
}
