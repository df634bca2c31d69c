import type { HeldBudget } from "../budgets/budget.ts";
import type { TaskPath } from "../task-path.ts";
import type { Session } from "./sessions.ts";
import type { SessionLease } from "./task.ts";

/** Session that stays in the hub, as its record (`SESSION#`) has it. Times are epoch seconds. */
export interface LockedSession {
  readonly accessKeyId: string;
  /** Encrypted data key, and what it encrypts: the session with its rules. */
  readonly sealed: string;
  /** Time of issue by STS's clock. */
  readonly issuedAt: number;
  readonly fenceAt: number;
}

/** Rules of a session that stays in the hub, beside its session policy. They are decided at each issue, and sealed with the session. */
export interface SigningRules {
  /** Budgets that count each signature. Each must allow it. */
  readonly budgets: readonly HeldBudget[];
  /** Operations of which no request is signed, and then none whose operation is unclear either. */
  readonly refused: readonly string[];
}

/** Session with the rules for the requests that it signs. */
export interface RuledSession {
  readonly session: Session;
  readonly rules: SigningRules;
}

/** Encrypts sessions. Only the exchange has it. */
export interface SessionLock {
  /** Seals a session for its task and lease. @throws {Refusal} store_unavailable. */
  lock(path: TaskPath, lease: Pick<SessionLease, "name" | "fenceAt">, ruled: RuledSession): Promise<LockedSession>;
}

/** Decrypts sessions. Only `sign` has it. */
export interface SessionOpener {
  /**
   * Opens a session for the task and lease that it was sealed for.
   * @throws {Refusal} store_unavailable where KMS does not answer.
   * @throws {RangeError} for a text of another task, lease or key, or one that was changed.
   */
  open(path: TaskPath, lease: string, locked: LockedSession): Promise<RuledSession>;
}

/** Reads the sessions that stay in the hub. */
export interface KeptSessions {
  /** Reads the session of a lease, strongly; undefined where its task has ended, or nothing was issued. */
  read(path: TaskPath, lease: string): Promise<LockedSession | undefined>;
}
