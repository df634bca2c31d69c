import { wholeIdIn } from "../../../contract/task-id.ts";
import type { ArchivedEvent } from "./entry.ts";

/**
 * Returns the path of the task that an event is about; undefined for other events. Refusals and votes have a journal of
 * their own, and name the task in their facts.
 */
export function taskOfEvent({ journal, of, facts }: ArchivedEvent): string | undefined {
  if (typeof facts.task === "string" && (journal === "tasks" || journal === "approvals")) return facts.task;
  return journal === "tasks" ? of : undefined;
}

/** True for an event of a task, or of a task below it. @param task path, with or without its last separator. */
export function isOfTask(event: ArchivedEvent, task: string): boolean {
  const path = taskOfEvent(event);
  return path !== undefined && wholeIdIn(path, task) !== undefined;
}
