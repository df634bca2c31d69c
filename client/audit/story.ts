import type { ArchivedEvent } from "../../functions/core/archive/entry.ts";
import { isSelected, type Selection } from "../../functions/core/archive/selection.ts";
import { isOfTask, taskOfEvent } from "../../functions/core/archive/task-of-event.ts";
import { type AboutResource, approvalOf } from "./about-resource.ts";
import { keysAliveAt } from "./grants-around.ts";
import { votesIn } from "./voters.ts";

/** Selection from a whole log, which has each vote and its uses. */
export interface StorySelection extends Selection {
  /**
   * Person who voted, denied, withdrew or reviewed: `issuer|person`, or a part of it. Selects the uses of that person's
   * votes too.
   */
  readonly approver?: string;
  /** Resource that an event names, or another event of its task. */
  readonly about?: AboutResource;
  /** Moment at which the task was alive whose keys an event issued; epoch milliseconds. */
  readonly aliveAtMs?: number;
}

/** Decisions of people about requests. */
const DECISIONS: ReadonlySet<string> = new Set([
  "approval.voted",
  "approval.denied",
  "approval.withdrawn",
  "approval.reviewed",
]);

/**
 * Selects events in the order of time, whatever their order in the log. In place of a task's id, `task` may be that of an
 * approval, which the lines print behind the task's.
 */
export function select(
  events: readonly ArchivedEvent[],
  { task, ...wanted }: StorySelection,
): readonly ArchivedEvent[] {
  const votes = new Set(
    events.filter((event) => isDecisionOf(event, wanted.approver)).map(({ facts }) => facts.vote_sha256),
  );
  const alive = wanted.aliveAtMs === undefined ? undefined : keysAliveAt(events, wanted.aliveAtMs);
  const { sinceMs, ...atAnyTime } = wanted;
  // A key that was issued before --since could touch the resource after it.
  const earlier = wanted.about === undefined || sinceMs === undefined ? undefined : keysAliveAt(events, sinceMs);
  return events
    .filter(({ hash }) => alive === undefined || alive.has(hash))
    .filter((event) => isSelected(event, earlier?.has(event.hash) ? atAnyTime : wanted))
    .filter((event) => task === undefined || isOfTask(event, task) || approvalOf(event.facts.approval) === task)
    .filter((event) => wanted.approver === undefined || isByApprover(event, wanted.approver, votes))
    .filter((event) => wanted.about === undefined || isAbout(event, wanted.about))
    .toSorted((a, b) => a.at - b.at || (a.of < b.of ? -1 : a.of > b.of ? 1 : a.n - b.n));
}

/** True where the event, or another one of its task, names the resource. */
function isAbout(event: ArchivedEvent, { parts, tasks }: AboutResource): boolean {
  const task = taskOfEvent(event);
  return parts.has(event.hash) || (task !== undefined && tasks.has(task));
}

/** True for a decision of this person. */
const isDecisionOf = ({ type, facts }: ArchivedEvent, approver: string | undefined): boolean =>
  approver !== undefined && DECISIONS.has(type) && typeof facts.by === "string" && facts.by.includes(approver);

/** True where an approval was used with one of these votes. */
const isUseOf = ({ type, facts }: ArchivedEvent, votes: ReadonlySet<unknown>): boolean =>
  type === "approval.used" && votesIn(facts).some((vote) => votes.has(vote));

/** True where the event is this person's decision, or a use of one of the person's votes. */
const isByApprover = (event: ArchivedEvent, approver: string, votes: ReadonlySet<unknown>): boolean =>
  isDecisionOf(event, approver) || isUseOf(event, votes);
