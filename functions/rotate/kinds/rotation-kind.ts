import type { Databases, LoginSessions } from "../../connectors/postgres/databases.ts";
import type { OauthClients } from "../../core/connectors/oauth-clients.ts";
import type { Deployment } from "../../core/deployment/deployment.ts";
import type { Random } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { RotatingSecret } from "../../core/secrets/rotating-secret.ts";

export interface RotationNeeds {
  readonly deployment: Pick<Deployment, "databases" | "oauthClients">;
  readonly databases: Databases & LoginSessions;
  readonly clients: OauthClients;
  readonly random: Random;
}

/** Value in force, and the value that is to replace it. */
export interface Values {
  readonly current: string;
  readonly pending: string;
}

/** Access to AWSCURRENT for a kind that must read or move it at a particular moment of its own work. */
export interface Switch {
  /** Moves AWSCURRENT to the pending version. */
  readonly makeCurrent: () => Promise<void>;
  /** Returns true where AWSCURRENT is on the pending version already. */
  readonly isCurrent: () => Promise<boolean>;
}

/** `Switch` for a kind whose value the provider issues, so that no value is pending before the change itself. */
export interface IssuedSwitch extends Switch {
  /** Reads the pending version's value; undefined where no earlier run has written one. */
  readonly pending: () => Promise<string | undefined>;
  /** Writes the pending version's value unless there is one. @returns the value that the version then has. */
  readonly put: (text: string) => Promise<string>;
}

/** Rotation of one kind of secret. Each step may run any number of times, also concurrently. */
export type RotationKind = ChosenKind | IssuedKind;

/** Kind whose provider issues the next value at the moment at which the current one stops working, so that all changes happen in the last step. */
export interface IssuedKind extends EndOfRotation {
  readonly isIssued: true;
  /**
   * Checks everything but the change itself.
   * @param pending value left by a run that died in the last step.
   * @returns false where `pending` is no longer in force, so that the caller gives it up.
   */
  rehearse(secret: RotatingSecret, current: string, pending: string | undefined): Promise<boolean>;
  /** Has the next value issued, writes it, and makes it current. */
  finish(secret: RotatingSecret, current: string, change: IssuedSwitch): Promise<void>;
}

/** Kind whose next value valetkey chooses. */
export interface ChosenKind extends EndOfRotation {
  readonly isIssued?: false;
  /** Makes the text of the next value. @throws {Refusal} connector_refused where the current value is not of this kind. */
  next(secret: RotatingSecret, current: string): string;
  /** Returns true where the pending value can follow the current one. False once somebody changed the current one; the pending value is then given up. */
  fits(secret: RotatingSecret, values: Values): boolean;
  /** Prepares the pending value, and leaves the current one working. */
  set(secret: RotatingSecret, values: Values): Promise<void>;
  /** @throws {Refusal} where the pending value would not work. */
  test(secret: RotatingSecret, values: Values): Promise<void>;
  /** Makes the pending value work, and makes it current. */
  finish(secret: RotatingSecret, values: Values, change: Switch): Promise<void>;
}

interface EndOfRotation {
  /** Makes the current value work again, with the help of the previous one, where a crash left it not working. */
  mend(secret: RotatingSecret, current: string, previous: string | undefined): Promise<void>;
  /**
   * Invalidates every value before the current one, and closes the sessions that were opened with one.
   * @param isStill returns true while `current` is the current value and none is pending; called while no other rotation can set a password.
   */
  retire(secret: RotatingSecret, current: string, isStill: () => Promise<boolean>): Promise<void>;
}

/** Makes the refusal of a secret, or of a value, that its kind cannot rotate. `why` never contains a value. */
export const unfit = (why: string): Refusal => new Refusal("connector_refused", { why });
