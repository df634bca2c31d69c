/** Kinds of rotation, as the tag `valetkey:rotates` names them. */
export const ROTATION_KINDS = ["generated", "postgres-single", "postgres-alternating", "oauth-client-secret"] as const;
export type RotationKindName = (typeof ROTATION_KINDS)[number];

export type Stage = "AWSCURRENT" | "AWSPENDING" | "AWSPREVIOUS";

/**
 * Secret that valetkey rotates. The secret's administrators set its tags; the right to write its value does not include
 * the tags.
 */
export interface RotatingSecret {
  readonly name: string;
  readonly arn: string;
  readonly kind: RotationKindName;
  /** Stages by version. */
  readonly versions: Readonly<Record<string, readonly string[]>>;
  /** Tag `valetkey:generate`: alphabet and length of a generated value. */
  readonly generate?: string;
  /** Tag `valetkey:field`: JSON field that holds the rotated text. */
  readonly field?: string;
  /** Tag `valetkey:database`: database of the deployment in which the login exists. */
  readonly database?: string;
  /** Tag `valetkey:user`: name of the login. */
  readonly user?: string;
}

/** Value of a secret's version. */
export interface StoredValue {
  readonly versionId: string;
  readonly text: string;
  /** Time at which the value was written, by Secrets Manager's clock; epoch seconds. */
  readonly createdAt: number;
}

/** Secrets Manager's operations of a rotation. Each call @throws {Refusal} connector_unavailable, connector_refused. */
export interface RotatingSecrets {
  /** Describes a secret, by name or ARN; undefined where there is none that valetkey rotates. */
  describe(id: string): Promise<RotatingSecret | undefined>;
  /** Reads the text at a stage; undefined where the stage labels no version, or one without a value yet. */
  read(secret: RotatingSecret, stage: Stage): Promise<StoredValue | undefined>;
  /** Writes the version's value and labels it AWSPENDING. A value that the version has already remains unchanged. */
  putPending(secret: RotatingSecret, versionId: string, text: string): Promise<void>;
  /** Moves AWSCURRENT to that version. Refused where it no longer labels `from`. */
  makeCurrent(secret: RotatingSecret, versionId: string, from: string): Promise<void>;
  /** Removes AWSPENDING from the version, which abandons its rotation: the next rotation makes a new version. */
  withdrawPending(secret: RotatingSecret, versionId: string): Promise<void>;
  /** Has Secrets Manager start a rotation under that token, or repeat the one in progress. */
  start(secret: RotatingSecret, token: string): Promise<"begun" | "in progress">;
}

/** Returns the id of the version that a stage labels. */
export const versionAt = ({ versions }: RotatingSecret, stage: Stage): string | undefined =>
  Object.keys(versions).find((id) => versions[id]?.includes(stage));

/** Largest difference between Secrets Manager's clock and valetkey's; seconds. A value counts as newer than a use only by more than this. */
export const CLOCK_SECONDS = 5;

/**
 * Shortest time between two values of one secret; seconds. With more frequent writes, versions pile up.
 * Source: PutSecretValue, Secrets Manager API reference.
 */
export const WRITE_PAUSE_SECONDS = 600;
