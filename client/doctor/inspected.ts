/** Deployment to check, with the files that it was built from. */
export interface Inspected {
  /** URL of valetkey, as given. */
  readonly url: string;
  readonly configFile: string;
  readonly policiesDir: string;
  /** True before the first deployment: checks what a deployment needs, and nothing that it makes. */
  readonly isBefore: boolean;
  /** Folder with a copy of the signed log, whose votes are counted. */
  readonly logFolder?: string;
}
