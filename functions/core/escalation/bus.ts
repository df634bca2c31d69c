import type { SignalName } from "../signals/read-signal.ts";
import type { TaskPath } from "../task-path.ts";
import type { Detection } from "./detection.ts";

/** Event that valetkey itself puts on the bus. */
export type OwnEvent = OverdueEvent | EscalationEvent | SignalEvent;

/** Report of the relay that a task's deadline has passed. */
export interface OverdueEvent {
  readonly type: "task.end";
  readonly task: TaskPath;
  readonly reason: "overdue";
}

/** Report of a transmitter that a person's session, credential or account has ended. */
export interface SignalEvent {
  readonly type: "person.offboard";
  /** `issuer|value`. */
  readonly person: string;
  /** Time of the transmitter's event; epoch seconds. */
  readonly dead_until: number;
  readonly transmitter: string;
  readonly reason: SignalName;
}

/** Report of a function that has detected an escalation. */
export interface EscalationEvent extends Detection {
  readonly type: "escalation.detected";
}

export interface Bus {
  /** Puts events on the bus. Even when the call throws, some of the events may be on the bus. */
  put(events: readonly OwnEvent[]): Promise<void>;
}
