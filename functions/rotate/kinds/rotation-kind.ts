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

/** The same for a kind whose value is made by somebody else, so that there is nothing pending before the change itself. */
export interface IssuedSwitch extends Switch {
  /** The pending version's value, where a run before this one has written it. */
  readonly pending: () => Promise<string | undefined>;
  /** The pending version has a value from now on. @returns which: what is there already stays. */
  readonly put: (text: string) => Promise<string>;
}

/** How one kind of secret is rotated. Each step may be done any number of times, and twice at once. */
export type RotationKind = ChosenKind | IssuedKind;

/** A kind whose next value is issued by somebody else at the very moment at which the present one stops working. So everything happens in the last step. */
export interface IssuedKind extends EndOfRotation {
  readonly isIssued: true;
  /**
   * All of it but the change.
   * @param pending what a run that died in the last step has left; one that is not in force any more is given up.
   * @returns false where that is so.
   */
  rehearse(secret: RotatingSecret, current: string, pending: string | undefined): Promise<boolean>;
  /** The secret's value is issued, written, and the current one. */
  finish(secret: RotatingSecret, current: string, change: IssuedSwitch): Promise<void>;
}

/** A kind whose next value valetkey chooses. */
export interface ChosenKind extends EndOfRotation {
  readonly isIssued?: false;
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
}

interface EndOfRotation {
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
