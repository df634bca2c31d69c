/** Halt of a target account, by a rule of escalation: nothing is issued there until a person lifts the halt. The item `ACCOUNTHALT#` / account. */
export interface AccountHalt {
  readonly account: string;
  /** Epoch seconds. */
  readonly at: number;
  /** `escalation:<rule>:<detection>`. */
  readonly by: string;
}

export interface AccountHalts {
  /** True where one of the accounts is halted; strongly read, in one round. */
  isAnyHalted(accounts: readonly string[]): Promise<boolean>;
  /** Lists all halts, strongly read. */
  list(): Promise<readonly AccountHalt[]>;
  /** Halts an account, unless it is halted. */
  halt(halt: AccountHalt): Promise<void>;
}

/** Suspensions of agents by rules of escalation, counted by rule and account. */
export interface Suspensions {
  /**
   * Takes one of the suspensions that a rule may make within the hour because of an account; the same detection takes one only.
   * @returns false where there were `most` already.
   */
  take(rule: string, account: string, detection: string, most: number): Promise<boolean>;
}
