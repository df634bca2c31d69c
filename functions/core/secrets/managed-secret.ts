/** A secret that may be leased: its tags say so, and how. */
export interface ManagedSecret {
  readonly name: string;
  /** Ends in six characters that change when the secret is made anew. */
  readonly arn: string;
  /** Leased to one task at a time. */
  readonly exclusive: boolean;
  /** `value`: in the response. `session`: the task's own AWS session reads it. */
  readonly delivery: "value" | "session";
  /** The version in force, as it was found. */
  readonly version?: string;
}

/** What AWSCURRENT stands on. */
export interface SecretValue {
  readonly versionId: string;
  readonly text?: string;
  /** Base64 */
  readonly binary?: string;
}

export interface Secrets {
  /** The secret of exactly that name, or nothing where there is none that may be leased. @throws {Refusal} connector_unavailable, connector_refused. */
  find(name: string): Promise<ManagedSecret | undefined>;
  /** Its current value. @throws {Refusal} connector_unavailable, connector_refused. */
  read(secret: ManagedSecret): Promise<SecretValue>;
}
