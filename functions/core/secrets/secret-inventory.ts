/** A managed secret as Secrets Manager describes it: everything but its value. Times are epoch seconds. */
export interface SecretEntry {
  readonly name: string;
  readonly arn: string;
  readonly exclusive: boolean;
  readonly delivery: "value" | "session";
  /** What the tag `valetkey:rotates` says; nothing where valetkey does not rotate it. */
  readonly kind?: string;
  /** For a login, which database of the deployment it opens: the tag `valetkey:database`. */
  readonly database?: string;
  /** The version in force. */
  readonly version?: string;
  /** A rotation has begun and has not come to its end. */
  readonly isRotating: boolean;
  readonly rotatedAt?: number;
  /** By Secrets Manager's own schedule. */
  readonly nextAt?: number;
}

export interface SecretInventory {
  /** Managed secrets, page by page; some seconds behind. @throws {Refusal} connector_unavailable, connector_refused. */
  list(after: string | undefined): Promise<{ readonly secrets: readonly SecretEntry[]; readonly next?: string }>;
  /** The managed secret of exactly that name. @throws {Refusal} connector_unavailable, connector_refused. */
  find(name: string): Promise<SecretEntry | undefined>;
}
