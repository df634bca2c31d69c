import type { EventType } from "../../../contract/journal-types.ts";
import { spelledTaskId, wholeIdIn } from "../../../contract/task-id.ts";
import type { ArchivedEvent } from "./entry.ts";

/**
 * Returns the path of the task that an event is about; undefined for other events. Refusals and votes have a journal of
 * their own, and name the task in their facts.
 */
export function taskOfEvent({ journal, of, facts }: ArchivedEvent): string | undefined {
  if (typeof facts.task === "string" && (journal === "tasks" || journal === "approvals")) return facts.task;
  return journal === "tasks" ? of : undefined;
}

/**
 * True for an event of a task or of a task below it, and for an operation on one that was refused.
 * @param task path, with or without its last separator.
 */
export function isOfTask(event: ArchivedEvent, task: string): boolean {
  const { task: named } = refusedAbout(event);
  const about = typeof named === "string" ? spelledTaskId(named) : undefined;
  return [taskOfEvent(event), about].some((path) => path !== undefined && wholeIdIn(path, task) !== undefined);
}

const REFUSED: EventType = "operation.refused";

/** Returns what an operator named in an operation that was refused; nothing for other events. */
export function refusedAbout({ type, facts: { about } }: ArchivedEvent): Readonly<Record<string, unknown>> {
  const isNamed = type === REFUSED && typeof about === "object" && about !== null;
  return isNamed ? (about as Readonly<Record<string, unknown>>) : {};
}
