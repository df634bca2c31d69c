/** Deployment to check, with the files that it was built from. */
export interface Inspected {
  /** URL of valetkey, as given. */
  readonly url: string;
  readonly configFile: string;
  readonly policiesDir: string;
}
