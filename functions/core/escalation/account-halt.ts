import type { Account } from "../deployment/deployment.ts";

/** Halt of a target account, by a rule of escalation: nothing is issued there until a person lifts the halt. The item `ACCOUNTHALT#` / account. */
export interface AccountHalt {
  readonly account: string;
  /** Epoch seconds. */
  readonly at: number;
  /** `escalation:<rule>:<detection>`. */
  readonly by: string;
}

export interface AccountHalts {
  /** Reads the halts of accounts, lifted ones too; strongly read, in one round. */
  read(accounts: readonly string[]): Promise<readonly AccountHalt[]>;
  /** Halts an account from now on, in place of an earlier halt. */
  halt(halt: AccountHalt): Promise<void>;
}

/** True while nothing may be issued in the account. A person lifts a halt by `haltLiftedAt` of the account in `valetkey.json`. */
export function isInForce({ account: id, at }: AccountHalt, accounts: readonly Account[]): boolean {
  // A time that cannot be read lifts nothing.
  const liftedAt = haltsLiftedUntil(id, accounts);
  return liftedAt === undefined || liftedAt < at;
}

/** Time up to which a person has lifted halts of the account, in epoch seconds; undefined where nobody has. What happened before it halts no more. */
export function haltsLiftedUntil(id: string, accounts: readonly Account[]): number | undefined {
  const liftedAt = Date.parse(accounts.find((account) => account.id === id)?.haltLiftedAt ?? "");
  return Number.isNaN(liftedAt) ? undefined : liftedAt / 1_000;
}

/** Suspensions of agents by rules of escalation, counted by rule and account. */
export interface Suspensions {
  /**
   * Takes one of the suspensions that a rule may make within the hour because of an account; the same detection takes one only.
   * @returns false where there were `most` already.
   */
  take(rule: string, account: string, detection: string, most: number): Promise<boolean>;
}
