import type { ArchivedEvent } from "../../functions/core/archive/entry.ts";
import { brokenLink } from "../../functions/core/journal/event.ts";
import { groupedBy } from "../grouped-by.ts";
import { incomplete, type LogFault, tampered } from "./log-fault.ts";

/** Journal that a restore of the table has cut: it goes on from an event before its last one. */
export interface CutJournal {
  /** Kind and subject of the journal. */
  readonly journal: string;
  /** Number of the last event that the copy had; 0 where it had none. */
  readonly after: number;
}

/** Restore of the table, as an event of the log describes it. */
export interface Restore {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Moment from which the copy is; absent where the log does not have it. Epoch milliseconds. */
  readonly copiedAt?: number;
  /** True for an event whose place in the log is before the restore's entry. */
  readonly isAfter: (event: ArchivedEvent) => boolean;
}

/** Longest time from an event's own clock until the table has the event; milliseconds. */
const WRITING_MS = 60_000;

/**
 * True where a restore explains why one event number has two contents. The copy lacked the first event, and the second
 * was written after the restore. The first event is older than the restore, or precedes it in the log. The old table is
 * written until the hub is deployed. Events older than the copy are in the copy, so no restore explains a second
 * content of those.
 */
const explains = (
  { at, copiedAt = Number.NEGATIVE_INFINITY, isAfter }: Restore,
  first: ArchivedEvent,
  second: ArchivedEvent,
): boolean => second.at >= at && first.at >= copiedAt - WRITING_MS && (first.at < at || isAfter(first));

/** Makes the fault of a number with two contents; `--known` names the one that is left out by its hash. */
export function twoOf(name: string, events: readonly ArchivedEvent[], n: number): LogFault {
  const hashes = events.filter((event) => event.n === n).map(({ hash }) => hash);
  return { ...tampered(`${name} event ${n}`, `two events have this number: ${hashes.join(", ")}`), hides: true };
}

/**
 * Verifies a journal in which a number has two contents. A restore explains one such place: after the restore, the
 * journal continues from the copy's last event. Each branch is a whole chain from the first event on.
 * @param restores all restores, the latest first.
 */
export function verifyBranches(
  name: string,
  events: readonly ArchivedEvent[],
  restores: readonly Restore[],
): { readonly cuts: readonly CutJournal[]; readonly faults: readonly LogFault[] } {
  const next = groupedBy(events, ({ previous }) => previous);
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
        faults.push({ ...tampered(name, "a hash is not that of its content and of the event before"), hides: true });
      continue;
    }
    for (const event of second ? [first, second] : [first]) reached.add(event);
    if (!second) {
      branch.push(first);
      open.push(branch);
      continue;
    }
    // A restore cuts a journal at most once. The latest restore that explains the cut is used up here; an earlier one
    // may explain an earlier cut.
    const cause = unused.findIndex((restore) => explains(restore, first, second));
    if (more.length > 0 || cause < 0) return { cuts, faults: [twoOf(name, events, first.n)] };
    unused.splice(cause, 1);
    cuts.push({ journal: name, after: last?.n ?? 0 });
    open.push([...branch, second], [...branch, first]);
  }
  const loose = events.length - reached.size;
  if (loose > 0) faults.push(incomplete(name, `${loose} events do not follow any event of the log`));
  return { cuts, faults };
}
