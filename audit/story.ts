import type { ArchivedEvent } from "../functions/core/archive/entry.ts";
import type { Facts } from "../functions/core/journal/event.ts";
import { isOfTask, taskOfEvent } from "./task-of-event.ts";
import { votesIn } from "./voters.ts";

/** Selection of events. Each member that is given has to fit. */
export interface Selection {
  /** Task, with all tasks below it. */
  readonly task?: string;
  readonly agent?: string;
  /** Person, as `issuer|person`, or a part of it. */
  readonly person?: string;
  /** Person who voted, denied, withdrew or reviewed, as `issuer|person`, or a part of it; with the uses of that person's votes. */
  readonly approver?: string;
  /** Epoch milliseconds. */
  readonly sinceMs?: number;
  /** Only what was refused, denied or found void. */
  readonly isDenied?: boolean;
}

/** Events that say no. */
const DENIALS: ReadonlySet<string> = new Set([
  "task.refused",
  "operation.refused",
  "event.refused",
  "approval.denied",
  "approval.void",
]);

/** Decisions of people about requests. */
const DECISIONS: ReadonlySet<string> = new Set([
  "approval.voted",
  "approval.denied",
  "approval.withdrawn",
  "approval.reviewed",
]);

/**
 * Selects events and puts them in the order of time, one tree of tasks after the other: a tree stands where its first selected event does, so that a
 * child is never read below another tree's task.
 */
export function select(events: readonly ArchivedEvent[], wanted: Selection): readonly ArchivedEvent[] {
  const votes = new Set(
    events.filter((event) => isDecisionOf(event, wanted.approver)).map(({ facts }) => facts.vote_sha256),
  );
  const selected = events
    .filter((event) => isSelected(event, wanted, votes))
    .toSorted((a, b) => a.at - b.at || (a.of < b.of ? -1 : a.of > b.of ? 1 : a.n - b.n));
  return [...Map.groupBy(selected, treeOf).values()].flat();
}

/** Name of the tree that an event stands in: the root of its task, or its own journal. */
const treeOf = (event: ArchivedEvent): string => taskOfEvent(event)?.split(".")[0] ?? `${event.journal} ${event.of}`;

/** True for a decision of this person. */
const isDecisionOf = ({ type, facts }: ArchivedEvent, approver: string | undefined): boolean =>
  approver !== undefined && DECISIONS.has(type) && typeof facts.by === "string" && facts.by.includes(approver);

/** True where an approval was used with one of these votes. */
const isUseOf = ({ type, facts }: ArchivedEvent, votes: ReadonlySet<unknown>): boolean =>
  type === "approval.used" && votesIn(facts).some((vote) => votes.has(vote));

function isSelected(event: ArchivedEvent, wanted: Selection, votes: ReadonlySet<unknown>): boolean {
  const { task, agent, person, approver, sinceMs, isDenied } = wanted;
  const { journal, of, type, at, facts } = event;
  if (task !== undefined && !isOfTask(event, task)) return false;
  if (agent !== undefined && facts.agent !== agent && !(journal === "agents" && of === agent)) return false;
  if (person !== undefined && !peopleOf(facts).some((each) => each.includes(person))) return false;
  if (approver !== undefined && !isDecisionOf(event, approver) && !isUseOf(event, votes)) return false;
  if (sinceMs !== undefined && at < sinceMs) return false;
  return isDenied !== true || DENIALS.has(type);
}

/** People whom an event names: who operated, voted, denied or withdrew. */
const peopleOf = ({ by, operator, person }: Facts): readonly string[] =>
  [by, operator, person].flatMap((each) => (typeof each === "string" ? [each] : []));
