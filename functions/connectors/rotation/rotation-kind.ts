import type { Databases, LoginSessions } from "../../core/databases.ts";
import type { Deployment } from "../../core/deployment.ts";
import type { Random } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { RotatingSecret } from "../../core/secrets/rotating-secret.ts";

export interface RotationNeeds {
  readonly deployment: Pick<Deployment, "databases">;
  readonly databases: Databases & LoginSessions;
  readonly random: Random;
}

/** The value that is in force, and the one that is to be. */
export interface Values {
  readonly current: string;
  readonly pending: string;
}

/** Asked and done within the work of a kind that has to be sure of the record at that very moment. */
export interface Switch {
  /** AWSCURRENT stands on the pending version from now on. */
  readonly makeCurrent: () => Promise<void>;
  /** Whether it stands there already. */
  readonly isCurrent: () => Promise<boolean>;
}

/** How one kind of secret is rotated. Each step may be done any number of times, and twice at once. */
export interface RotationKind {
  /** The text of the next value. @throws {Refusal} connector_refused where the present one is not of this kind. */
  next(secret: RotatingSecret, current: string): string;
  /** Whether the pending value is one that can follow the present one. Where somebody changed that meanwhile it is not, and is given up. */
  fits(secret: RotatingSecret, values: Values): boolean;
  /** The pending value will work, and the present one still does. */
  set(secret: RotatingSecret, values: Values): Promise<void>;
  /** @throws {Refusal} where the pending value would not work. */
  test(secret: RotatingSecret, values: Values): Promise<void>;
  /** The pending value works and is the current one. */
  finish(secret: RotatingSecret, values: Values, change: Switch): Promise<void>;
  /** What is current already works; where a crash left it so that it does not, the one before is used to mend it. */
  mend(secret: RotatingSecret, current: string, previous: string | undefined): Promise<void>;
  /**
   * Nothing that was valid before the current value is valid any more, nor what was opened with it.
   * @param isStill whether `current` is the current value, and none is pending; asked while no other rotation can set a password.
   */
  retire(secret: RotatingSecret, current: string, isStill: () => Promise<boolean>): Promise<void>;
}

/** A secret, or what it says, that this kind cannot rotate. Never a value in `why`. */
export const unfit = (why: string): Refusal => new Refusal("connector_refused", { why });
