import type { TaskPath } from "../task-path.ts";
import type { Observation, Watched } from "./observation.ts";
import type { RoleRef } from "./role-ref.ts";

/** Results of probes; they expire after a week. */
export interface Observations {
  /** Records a result. The first result of each task and role is final. */
  record(of: Watched, observation: Observation): Promise<void>;
  /** Reads the results of a task in every role, strongly consistent. */
  of(path: TaskPath): Promise<readonly ObservationIn[]>;
}

export interface ObservationIn {
  readonly role: RoleRef;
  readonly observation: Observation;
}
