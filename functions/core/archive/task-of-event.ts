import type { ArchivedEvent } from "./entry.ts";

/** Path of the task that an event is about; undefined where it is about none. A refusal and a vote have a journal of their own, and name the task. */
export function taskOfEvent({ journal, of, facts }: ArchivedEvent): string | undefined {
  if (typeof facts.task === "string" && (journal === "tasks" || journal === "approvals")) return facts.task;
  return journal === "tasks" ? of : undefined;
}

/** True for an event of a task, or of a task below it. @param task path, with or without its last dot. */
export function isOfTask(event: ArchivedEvent, task: string): boolean {
  const path = taskOfEvent(event);
  return path?.startsWith(task.endsWith(".") ? task : `${task}.`) ?? false;
}
