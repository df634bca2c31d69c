import type { SignIn } from "../identity/sign-in.ts";
import type { JournalEvent } from "../journal/event.ts";
import { MAY_LIVE_SECONDS } from "../revocation/role-entry.ts";

/**
 * Halt of a target account: nothing is issued there until a person lifts the halt. The item `ACCOUNTHALT#` / account, which exists while the halt is in
 * force: whoever may halt may put it, and `register` alone may remove it.
 */
export interface AccountHalt {
  readonly account: string;
  /** Epoch seconds. */
  readonly at: number;
  /** Operator, or `escalation:<rule>:<detection>`. */
  readonly by: string;
  /** Reason that an operator gave. */
  readonly reason?: string | undefined;
  /** Set where the account leaves: its tasks were ended, too. */
  readonly retires?: true | undefined;
}

/** Moment after which no session of a retiring account can be alive: none is issued after the halt. @returns epoch seconds. */
export const deadBy = ({ at }: Pick<AccountHalt, "at">): number => at + MAY_LIVE_SECONDS;

/** Latest lift of an account's halt: the item `ACCOUNTLIFT#` / account, put by `register` alone. What happened before it halts no more. */
export interface AccountLift {
  readonly account: string;
  /** Epoch seconds. */
  readonly at: number;
  readonly by: string;
}

export interface AccountHalts {
  /** Reads the halts that are in force in accounts; strongly read, in one round. */
  read(accounts: readonly string[]): Promise<readonly AccountHalt[]>;
  /** Lists the halts in force, and the latest lift of each account that has had one; strongly read. */
  list(): Promise<{ readonly halts: readonly AccountHalt[]; readonly lifts: readonly AccountLift[] }>;
  /** Reads the latest lift of an account, strongly; undefined where nobody has lifted one. */
  latestLift(account: string): Promise<AccountLift | undefined>;
  /**
   * Halts an account from now on, in place of an earlier halt.
   * @param event event of a person's halt, for the journal, in the same transaction; a rule's detection is in the journal already.
   */
  halt(halt: AccountHalt, event?: JournalEvent): Promise<void>;
  /**
   * Lifts exactly this halt, with its journal event.
   * @param signIn sign-in that is used for it.
   * @throws {Refusal} contended where another halt is in force meanwhile, or none; sign_in_used.
   */
  lift(halt: AccountHalt, lift: AccountLift, event: JournalEvent, signIn?: SignIn): Promise<void>;
}

/** Counts of what rules of escalation do within an hour: suspensions by rule and account, entries of the list by rule and agent. */
export interface Suspensions {
  /**
   * Takes one of what a rule may do within the hour because of an account, or about an agent; the same detection takes one only.
   * @returns false where there were `most` already.
   */
  take(rule: string, account: string, detection: string, most: number): Promise<boolean>;
}
