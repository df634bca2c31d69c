import type { TaskPath } from "../tasks/path.ts";
import type { Observation, Watched } from "./observation.ts";
import type { RoleRef } from "./role-ref.ts";

/** What probes met. Kept for a week. */
export interface Observations {
  /** Once for each task and role: the first stays. */
  record(of: Watched, observation: Observation): Promise<void>;
  /** Of a task, in every role, strongly read. */
  of(path: TaskPath): Promise<readonly ObservationIn[]>;
}

export interface ObservationIn {
  readonly role: RoleRef;
  readonly observation: Observation;
}
