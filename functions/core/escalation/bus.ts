import type { TaskPath } from "../task-path.ts";
import type { Detection } from "./detection.ts";

/** Event that valetkey itself puts on the bus. */
export type OwnEvent = OverdueEvent | EscalationEvent;

/** Word of the relay that a task's deadline has passed. */
export interface OverdueEvent {
  readonly type: "task.end";
  readonly task: TaskPath;
  readonly reason: "overdue";
}

/** Word of a function that found an escalation. */
export interface EscalationEvent extends Detection {
  readonly type: "escalation.detected";
}

export interface Bus {
  /** Puts events on the bus. When it throws, some of the events may be on the bus all the same. */
  put(events: readonly OwnEvent[]): Promise<void>;
}
