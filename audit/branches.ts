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

/**
 * Verifies a journal in which a number has two contents. A restore explains one such place: after it, the journal goes on from where the copy ended.
 * Each branch is a whole chain from the first event on.
 * @param restoredAt moments of all restores, epoch milliseconds.
 */
export function verifyBranches(
  name: string,
  events: readonly ArchivedEvent[],
  restoredAt: readonly number[],
): { readonly cuts: readonly CutJournal[]; readonly faults: readonly LogFault[] } {
  const next = Map.groupBy(events, ({ previous }) => previous);
  const cuts: CutJournal[] = [];
  const faults: LogFault[] = [];
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
    // One restore cuts a journal once, and what goes on after it is younger.
    if (more.length > 0 || cuts.length >= restoredAt.filter((at) => second.at >= at).length)
      return { cuts, faults: [tampered(`${name} event ${first.n}`, "two events have this number")] };
    cuts.push({ journal: name, after: last?.n ?? 0 });
    open.push([...branch, second], [...branch, first]);
  }
  const loose = events.length - reached.size;
  if (loose > 0) faults.push(incomplete(name, `${loose} events follow none that is here`));
  return { cuts, faults };
}
