/** Description of a managed secret, without its value. Times are epoch seconds. */
export interface SecretEntry {
  readonly name: string;
  readonly arn: string;
  readonly exclusive: boolean;
  readonly delivery: "value" | "session";
  /** Tag `valetkey:rotates`; absent where valetkey does not rotate the secret. */
  readonly kind?: string;
  /** Tag `valetkey:database`: database of the deployment that the login opens; only for logins. */
  readonly database?: string;
  /** Version that AWSCURRENT labels. */
  readonly version?: string;
  /** True while a rotation is in progress. */
  readonly isRotating: boolean;
  readonly rotatedAt?: number;
  /** Next rotation by Secrets Manager's own schedule. */
  readonly nextAt?: number;
}

/** Lists managed secrets for operators. */
export interface SecretInventory {
  /** Lists managed secrets, page by page; eventually consistent, some seconds behind. @throws {Refusal} connector_unavailable, connector_refused. */
  list(after: string | undefined): Promise<{ readonly secrets: readonly SecretEntry[]; readonly next?: string }>;
  /** Finds the managed secret with exactly that name. @throws {Refusal} connector_unavailable, connector_refused. */
  find(name: string): Promise<SecretEntry | undefined>;
}
