import type { Facts } from "../journal/event.ts";
import type { ArchivedEvent } from "./entry.ts";
import { isOfTask } from "./task-of-event.ts";

/** Selection of events. Each member that is given has to fit. */
export interface Selection {
  /** Task, with all tasks below it. */
  readonly task?: string;
  readonly agent?: string;
  /** Person, as `issuer|person`, or a part of it. */
  readonly person?: string;
  /** Earliest moment; epoch milliseconds. */
  readonly sinceMs?: number;
  /** Latest moment; epoch milliseconds. */
  readonly untilMs?: number;
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

/** True for an event that a selection takes. */
export function isSelected(event: ArchivedEvent, wanted: Selection): boolean {
  const { task, agent, person, sinceMs, untilMs, isDenied } = wanted;
  const { journal, of, type, at, facts } = event;
  if (task !== undefined && !isOfTask(event, task)) return false;
  if (agent !== undefined && facts.agent !== agent && !(journal === "agents" && of === agent)) return false;
  if (person !== undefined && !peopleOf(facts).some((each) => each.includes(person))) return false;
  if (sinceMs !== undefined && at < sinceMs) return false;
  if (untilMs !== undefined && at > untilMs) return false;
  return isDenied !== true || DENIALS.has(type);
}

/** People whom an event names: who operated, voted, denied or withdrew. */
const peopleOf = ({ by, operator, person }: Facts): readonly string[] =>
  [by, operator, person].flatMap((each) => (typeof each === "string" ? [each] : []));
