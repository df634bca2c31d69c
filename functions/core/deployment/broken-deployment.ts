/** Reasons why a function cannot start with its deployment. */
export type BrokenReason =
  | "variable_missing"
  | "manifest_unreadable"
  | "file_missing"
  | "file_altered"
  | "engine_unavailable"
  | "policies_refused";

/**
 * Error: the deployed files are not exactly those that were built, so no decision may use them. The message names the
 * reason and the variable or file, and never quotes its content.
 */
export class BrokenDeployment extends Error {
  readonly reason: BrokenReason;
  /** Name of the variable or file. */
  readonly what: string;

  constructor(reason: BrokenReason, what: string) {
    super(`${reason}: ${what}`);
    this.name = "BrokenDeployment";
    this.reason = reason;
    this.what = what;
  }
}
