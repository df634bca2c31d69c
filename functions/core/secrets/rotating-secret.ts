/** How a secret is rotated, as its tag `valetkey:rotates` says. */
export const ROTATION_KINDS = ["generated", "postgres-single", "postgres-alternating", "oauth-client-secret"] as const;
export type RotationKindName = (typeof ROTATION_KINDS)[number];

export type Stage = "AWSCURRENT" | "AWSPENDING" | "AWSPREVIOUS";

/** A secret that valetkey rotates. What its tags say is set by whoever administers it, and not by whoever may write its value. */
export interface RotatingSecret {
  readonly name: string;
  readonly arn: string;
  readonly kind: RotationKindName;
  /** Stages by version. */
  readonly versions: Readonly<Record<string, readonly string[]>>;
  /** `valetkey:generate` */
  readonly generate?: string;
  /** `valetkey:field` */
  readonly field?: string;
  /** `valetkey:database` */
  readonly database?: string;
  /** `valetkey:user` */
  readonly user?: string;
}

export interface StoredValue {
  readonly versionId: string;
  readonly text: string;
  /** When the value was written, by Secrets Manager's clock; epoch seconds. */
  readonly createdAt: number;
}

/** Secrets Manager, as a rotation needs it. Each call @throws {Refusal} connector_unavailable, connector_refused. */
export interface RotatingSecrets {
  /** By name or ARN, as it is now; nothing where there is none that valetkey rotates. */
  describe(id: string): Promise<RotatingSecret | undefined>;
  /** The text at a stage; nothing where the stage stands on no version, or on one without a value yet. */
  read(secret: RotatingSecret, stage: Stage): Promise<StoredValue | undefined>;
  /** That version has a value and is pending. A value that it has already stays, whichever it is. */
  putPending(secret: RotatingSecret, versionId: string, text: string): Promise<void>;
  /** AWSCURRENT stands on that version. Refused where it does not stand on `from` any more. */
  makeCurrent(secret: RotatingSecret, versionId: string, from: string): Promise<void>;
  /** The version is pending no longer: its rotation is given up, and the next one begins anew. */
  withdrawPending(secret: RotatingSecret, versionId: string): Promise<void>;
  /** Secrets Manager rotates it: a new rotation under that token, or the one that has begun already, again. */
  start(secret: RotatingSecret, token: string): Promise<"begun" | "in progress">;
}

/** The version that a stage stands on. */
export const versionAt = ({ versions }: RotatingSecret, stage: Stage): string | undefined =>
  Object.keys(versions).find((id) => versions[id]?.includes(stage));

/**
 * How far Secrets Manager's clock may be from ours; seconds. A value counts as made after the last use if it was, whichever clock is right.
 */
export const CLOCK_SECONDS = 5;

/** Seconds between two values of one secret: more often, its versions pile up (PutSecretValue in the API reference). */
export const WRITE_PAUSE_SECONDS = 600;
