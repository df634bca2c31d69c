import type { TaskPath } from "./path.ts";

/** Event that valetkey itself puts on the bus. */
export interface OwnEvent {
  readonly type: "task.end";
  readonly task: TaskPath;
  readonly reason: "overdue";
}

export interface Bus {
  /** Puts events on the bus. When it throws, some of the events may be on the bus all the same. */
  put(events: readonly OwnEvent[]): Promise<void>;
}
