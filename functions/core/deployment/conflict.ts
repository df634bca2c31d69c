import type { ConflictScope } from "../../../contract/names.ts";

/** Two labels whose keys are never alive together for one holder: a row of `conflicts` in `valetkey.json`. */
export interface Conflict {
  readonly a: string;
  readonly b: string;
  readonly scope: ConflictScope;
  /** Time for which one label stays held after the last key of the other has died; seconds. */
  readonly windowSeconds: number;
}
