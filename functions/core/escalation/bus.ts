import type { PersonSignal, TaskOverdue } from "../../../contract/events.ts";
import type { TaskPath } from "../task-path.ts";
import type { Detection } from "./detection.ts";

/** Event that valetkey itself puts on the bus. */
export type OwnEvent = OverdueEvent | EscalationEvent | SignalEvent;

/** Report of the relay that a task's deadline has passed. */
export interface OverdueEvent extends TaskOverdue {
  readonly type: "task.end";
  readonly task: TaskPath;
}

/** Report of a transmitter that a person's session, credential or account has ended. */
export interface SignalEvent extends PersonSignal {
  readonly type: "person.offboard";
}

/** Report of a function that has detected an escalation. */
export interface EscalationEvent extends Detection {
  readonly type: "escalation.detected";
}

export interface Bus {
  /** Puts events on the bus. Even when the call throws, some of the events may be on the bus. */
  put(events: readonly OwnEvent[]): Promise<void>;
}
