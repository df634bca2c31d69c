import type { TaskPath } from "./path.ts";

/** An event of our own for the bus. */
export interface OwnEvent {
  readonly type: "task.end";
  readonly task: TaskPath;
  readonly reason: "overdue";
}

export interface Bus {
  /** All of them are on the bus; otherwise it throws, and some may be. */
  put(events: readonly OwnEvent[]): Promise<void>;
}
