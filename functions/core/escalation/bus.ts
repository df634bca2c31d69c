import type { SignalName } from "../signals/read-signal.ts";
import type { TaskPath } from "../task-path.ts";
import type { Detection } from "./detection.ts";

/** Event that valetkey itself puts on the bus. */
export type OwnEvent = OverdueEvent | EscalationEvent | SignalEvent;

/** Word of the relay that a task's deadline has passed. */
export interface OverdueEvent {
  readonly type: "task.end";
  readonly task: TaskPath;
  readonly reason: "overdue";
}

/** Word of a transmitter that something of a person's is over. */
export interface SignalEvent {
  readonly type: "person.offboard";
  /** `issuer|value`. */
  readonly person: string;
  /** Time of what happened; epoch seconds. */
  readonly dead_until: number;
  readonly transmitter: string;
  readonly reason: SignalName;
}

/** Word of a function that found an escalation. */
export interface EscalationEvent extends Detection {
  readonly type: "escalation.detected";
}

export interface Bus {
  /** Puts events on the bus. When it throws, some of the events may be on the bus all the same. */
  put(events: readonly OwnEvent[]): Promise<void>;
}
