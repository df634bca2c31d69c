import { isMoment } from "../../contract/decision/moment.ts";
import { rootIdOf } from "../../contract/task-id.ts";
import type { ArchivedEvent } from "../../functions/core/archive/entry.ts";
import { taskOfEvent } from "../../functions/core/archive/task-of-event.ts";
import { groupedBy } from "../grouped-by.ts";
import { aboutResource } from "./about-resource.ts";
import { nameOf } from "./event-name.ts";
import { items } from "./fact-parts.ts";
import { verifyKills } from "./verify-kills.ts";

/** Task that was granted the resource. Times are those of the log. */
export interface GrantThen {
  readonly agent: string;
  readonly task: string;
  readonly from: string;
  /** Moment from which its keys are dead: of the policy that denies them, or their fence or deadline. */
  readonly until: string;
  /** True where the moment is between the two. */
  readonly isHeld: boolean;
  readonly event: string;
}

/** Time before and after the moment in which grants are listed; milliseconds. */
const AROUND_MS = 86_400_000;

/**
 * Lists the grants on a resource that were alive within a day of a moment, in the order of time.
 * @param actions names of actions in lower case; absent for any action.
 */
export function grantsAround(
  events: readonly ArchivedEvent[],
  resource: string,
  atMs: number,
  actions?: readonly string[],
): readonly GrantThen[] {
  const { parts } = aboutResource(events, [resource], actions);
  const dead = deathsIn(events);
  const ofRoots = groupedBy(
    events.filter(({ journal }) => journal === "tasks"),
    rootOf,
  );
  return events
    .filter(({ hash, at }) => at <= atMs + AROUND_MS && parts.get(hash)?.includes("granted"))
    .toSorted((a, b) => a.at - b.at)
    .map((event) => ({ event, untilMs: endOf(event, ofRoots.get(rootOf(event)) ?? [], dead) }))
    .filter(({ untilMs }) => untilMs >= atMs - AROUND_MS)
    .map(({ event, untilMs }) => ({
      agent: String(event.facts.agent),
      task: taskOfEvent(event) ?? event.of,
      from: new Date(event.at).toISOString(),
      until: new Date(untilMs).toISOString(),
      isHeld: event.at <= atMs && atMs < untilMs,
      event: nameOf(event),
    }));
}

/**
 * Finds the events that issued keys which were good at a moment. The task was alive and had keys, or could renew them;
 * or it had ended, and the log has no policy yet that denies them.
 * @returns hashes of the events.
 */
export function keysAliveAt(events: readonly ArchivedEvent[], atMs: number): ReadonlySet<string> {
  const ofTasks = events.filter(({ journal }) => journal === "tasks");
  const ofRoots = groupedBy(ofTasks, rootOf);
  const dead = deathsIn(events);
  const alive = ofTasks
    .filter((event) => event.at <= atMs && hasIssued(event))
    .filter((event) => atMs < endOf(event, ofRoots.get(rootOf(event)) ?? [], dead));
  return new Set(alive.map(({ hash }) => hash));
}

const hasIssued = ({ type, facts }: ArchivedEvent): boolean =>
  (type === "task.opened" || type === "approval.used") &&
  items(facts.leases).length + items(facts.connector_leases).length > 0;

/** Root of an event's task. */
const rootOf = ({ of }: ArchivedEvent): string => rootIdOf(of);

/** Finds for each ending the moment from which all its keys are dead; epoch milliseconds. */
function deathsIn(events: readonly ArchivedEvent[]): ReadonlyMap<string, number> {
  const dead = new Map<string, number>();
  for (const { event, deadAtMs } of verifyKills(events)) dead.set(event, Math.max(deadAtMs, dead.get(event) ?? 0));
  return dead;
}

/**
 * End of a grant's keys: that of the first ending of its task or of a task above it, or else the task's latest deadline;
 * epoch milliseconds.
 */
function endOf(
  { of, at, facts }: ArchivedEvent,
  ofTree: readonly ArchivedEvent[],
  dead: ReadonlyMap<string, number>,
): number {
  const ofTask = ofTree.filter((event) => of.startsWith(event.of) && event.at >= at);
  const ended = ofTask
    .filter(({ type }) => type === "task.ended")
    .map((event) => Math.max(event.at, dead.get(nameOf(event)) ?? 0));
  const deadlines = [facts, ...ofTask.filter((event) => event.of === of).map((event) => event.facts)]
    .map(({ expires_at: deadline }) => deadline)
    .filter(isMoment)
    .map((deadline) => deadline * 1_000);
  return Math.min(...ended, Math.max(at, ...deadlines));
}
