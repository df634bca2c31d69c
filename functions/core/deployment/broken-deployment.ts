/** Why a function cannot start with what was deployed. */
export type BrokenReason =
  | "variable_missing"
  | "manifest_unreadable"
  | "file_missing"
  | "file_altered"
  | "engine_unavailable"
  | "policies_refused";

/**
 * What was deployed is not what was built, or not all of it: nothing may be decided with it.
 * Its message names the reason and the variable or file, and never what stands in it.
 */
export class BrokenDeployment extends Error {
  readonly reason: BrokenReason;
  /** The variable or the file. */
  readonly what: string;

  constructor(reason: BrokenReason, what: string) {
    super(`${reason}: ${what}`);
    this.name = "BrokenDeployment";
    this.reason = reason;
    this.what = what;
  }
}
