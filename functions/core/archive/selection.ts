import type { AgentId } from "../../../contract/agent-id.ts";
import type { EventType } from "../../../contract/journal-types.ts";
import type { ReadFacts } from "../journal/event.ts";
import type { ArchivedEvent } from "./entry.ts";
import { isOfTask, refusedAbout } from "./task-of-event.ts";

/** Selection of events. Every given member must match. */
export interface Selection {
  /** Task, with all tasks below it. */
  readonly task?: string;
  readonly agent?: AgentId;
  /** Person, as `issuer|person`, or a part of it. */
  readonly person?: string;
  /** Earliest moment; epoch milliseconds. */
  readonly sinceMs?: number;
  /** Latest moment; epoch milliseconds. */
  readonly untilMs?: number;
  /** True to select only refusals, denials and void approvals. */
  readonly isDenied?: boolean;
}

/** Types of events that are refusals or denials, or report a void approval. */
const DENIALS: ReadonlySet<string> = new Set<EventType>([
  "task.refused",
  "operation.refused",
  "event.refused",
  "approval.denied",
  "approval.void",
]);

/** True for a type of events that are refusals or denials, or report a void approval. */
export const isDenial = (type: string): boolean => DENIALS.has(type);

/** True for an event that matches a selection. */
export function isSelected(event: ArchivedEvent, wanted: Selection): boolean {
  const { task, agent, person, sinceMs, untilMs, isDenied } = wanted;
  const { journal, of, type, at, facts } = event;
  if (task !== undefined && !isOfTask(event, task)) return false;
  const isOfAgent =
    facts.agent === agent || refusedAbout(event).agent === agent || (journal === "agents" && of === agent);
  if (agent !== undefined && !isOfAgent) return false;
  if (person !== undefined && !peopleOf(facts).some((each) => each.includes(person))) return false;
  if (sinceMs !== undefined && at < sinceMs) return false;
  if (untilMs !== undefined && at > untilMs) return false;
  return isDenied !== true || isDenial(type);
}

/** Lists the people whom an event names: as operator, voter, or author of a denial or withdrawal. */
export const peopleOf = ({ by, operator, person }: ReadFacts<EventType>): readonly string[] =>
  [by, operator, person].flatMap((each) => (typeof each === "string" ? [each] : []));
