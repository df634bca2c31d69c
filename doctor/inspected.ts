/** Which deployment is looked at, and out of which files it was made. */
export interface Inspected {
  /** The address that was asked for. */
  readonly url: string;
  readonly configFile: string;
  readonly policiesDir: string;
}
