/** Secret that may be leased, as its tags describe it. */
export interface ManagedSecret {
  readonly name: string;
  /** Full ARN; its last six characters change when the secret is created anew. */
  readonly arn: string;
  /** True where only one task at a time may lease the secret. */
  readonly exclusive: boolean;
  /** Delivery. `value`: in the response. `session`: the task's own AWS session reads the secret. */
  readonly delivery: "value" | "session";
  /** Version that AWSCURRENT labelled when the secret was read. */
  readonly version?: string;
}

/** Value of the version that AWSCURRENT labels. */
export interface SecretValue {
  readonly versionId: string;
  readonly text?: string;
  /** Base64 */
  readonly binary?: string;
}

/** Reads secrets that may be leased. */
export interface Secrets {
  /** Finds the secret with exactly that name; undefined where there is none that may be leased. @throws {Refusal} connector_unavailable, connector_refused. */
  find(name: string): Promise<ManagedSecret | undefined>;
  /** Reads the current value of a secret. @throws {Refusal} connector_unavailable, connector_refused. */
  read(secret: ManagedSecret): Promise<SecretValue>;
}
