import type { AccountId } from "../deployment/account-id.ts";
import type { SignIn } from "../identity/sign-in.ts";
import type { JournalEvent } from "../journal/event.ts";
import { MAY_LIVE_SECONDS } from "../revocation/role-entry.ts";

/**
 * Halt of a target account: nothing is issued there until a person lifts the halt. The item `ACCOUNTHALT#` / account
 * exists while the halt is in force. Functions that may halt may put it; only `register` may remove it.
 */
export interface AccountHalt {
  readonly account: AccountId;
  /** Epoch seconds. */
  readonly at: number;
  /** Operator, or `escalation:<rule>:<detection>`. */
  readonly by: string;
  /** Reason that an operator gave. */
  readonly reason?: string | undefined;
  /** Set where the account leaves; its tasks were also ended. */
  readonly retires?: true | undefined;
}

/**
 * Computes the moment after which no session of a retiring account is alive. None is issued after the halt.
 * @returns epoch seconds.
 */
export const deadBy = ({ at }: Pick<AccountHalt, "at">): number => at + MAY_LIVE_SECONDS;

/**
 * Latest lift of an account's halt: the item `ACCOUNTLIFT#` / account, which only `register` puts. An escalation from
 * before the lift does not halt the account again.
 */
export interface AccountLift {
  readonly account: AccountId;
  /** Epoch seconds. */
  readonly at: number;
  readonly by: string;
}

export interface AccountHalts {
  /** Reads the halts in force in accounts; strongly read, in one round. */
  read(accounts: readonly AccountId[]): Promise<readonly AccountHalt[]>;
  /** Lists the halts in force, and the latest lift of each account that was ever lifted; strongly read. */
  list(): Promise<{ readonly halts: readonly AccountHalt[]; readonly lifts: readonly AccountLift[] }>;
  /** Reads the latest lift of an account, strongly; undefined where nobody has lifted one. */
  latestLift(account: AccountId): Promise<AccountLift | undefined>;
  /**
   * Halts an account from now on, in place of an earlier halt.
   * @param event journal event of a person's halt, for the same transaction. Absent for a rule's halt: its detection is
   * in the journal already.
   */
  halt(halt: AccountHalt, event?: JournalEvent): Promise<void>;
  /**
   * Lifts exactly this halt, with its journal event.
   * @param signIn sign-in that the lift uses up.
   * @throws {Refusal} contended where another halt is in force meanwhile, or none; sign_in_used.
   */
  lift(halt: AccountHalt, lift: AccountLift, event: JournalEvent, signIn?: SignIn): Promise<void>;
}

/** Hourly counters of escalation rules: agents by rule and account, listed escalations by rule and agent. */
export interface Suspensions {
  /**
   * Counts one response of a rule because of an account, or about an agent. Counts the same thing once only.
   * @param counted agent that the response is about, or detection that is listed.
   * @returns false where the hour's count was `most` already.
   */
  take(rule: string, account: string, counted: string, most: number): Promise<boolean>;
}
