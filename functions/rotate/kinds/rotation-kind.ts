import type { Databases, LoginSessions } from "../../connectors/postgres/databases.ts";
import type { OauthClients } from "../../core/connectors/oauth-clients.ts";
import type { Deployment } from "../../core/deployment/deployment.ts";
import type { Random } from "../../core/random.ts";
import { Refusal } from "../../core/refusal.ts";
import type { RotatingSecret } from "../../core/secrets/rotating-secret.ts";

export interface RotationNeeds {
  readonly deployment: Pick<Deployment, "databases" | "oauthClients">;
  readonly databases: Databases & LoginSessions;
  readonly clients: OauthClients;
  readonly random: Random;
}

/** Access to AWSCURRENT for a kind that must read or move it at a particular moment of its own work. */
export interface Promotion {
  /** Moves AWSCURRENT to the pending version. */
  readonly promote: () => Promise<void>;
  /** Returns true where AWSCURRENT is on the pending version already. */
  readonly isPromoted: () => Promise<boolean>;
}

/** One rotation of one secret: the texts and stages that a kind reads and writes. */
export interface Rotation extends Promotion {
  readonly secret: RotatingSecret;
  /** Reads the value in force. @throws {Refusal} connector_refused where there is none. */
  current(): Promise<string>;
  /** Reads the value of this rotation's own version; undefined where no run has written one. */
  pending(): Promise<string | undefined>;
  /** Reads the value at AWSPENDING, whichever version that is. */
  staged(): Promise<string | undefined>;
  /** Writes the value of this rotation's version unless there is one. @returns the value that the version then has. */
  put(text: string): Promise<string>;
  /** Withdraws the pending version, whose value no longer follows the current one. @throws {Refusal} connector_refused, always. */
  giveUp(): Promise<never>;
}

/** Rotation of one kind of secret, in Secrets Manager's four steps. Each step may be repeated, also concurrently. Only the last step moves AWSCURRENT. */
export interface RotationKind extends EndOfRotation {
  create(rotation: Rotation): Promise<void>;
  set(rotation: Rotation): Promise<void>;
  test(rotation: Rotation): Promise<void>;
  finish(rotation: Rotation): Promise<void>;
}

export interface EndOfRotation {
  /** Makes the current value work again, with the help of the previous one, where a crash left it not working. */
  mend(secret: RotatingSecret, current: string, previous: string | undefined): Promise<void>;
  /**
   * Invalidates every value before the current one, and closes the sessions that were opened with one.
   * @param isStill returns true while `current` is the current value and none is pending. Call it while no other rotation can set a password.
   */
  retire(secret: RotatingSecret, current: string, isStill: () => Promise<boolean>): Promise<void>;
}

/** Makes the refusal of a secret, or of a value, that its kind cannot rotate. `why` never contains a value. */
export const unfit = (why: string): Refusal => new Refusal("connector_refused", { why });
