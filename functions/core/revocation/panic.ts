import type { SignIn } from "../identity/sign-in.ts";
import { type ChainHead, EMPTY_CHAIN, type JournalEvent } from "../journal/event.ts";
import { HALT_SECONDS } from "./halt.ts";

/**
 * Halt of everything by an operator: the item `PANIC#` / `*`. Times are epoch seconds. The item remains after the lift,
 * so that policies deny earlier sessions.
 */
export interface Panic {
  readonly declaredAt: number;
  readonly declaredBy: string;
  readonly reason: string;
  readonly liftedAt?: number;
  readonly liftedBy?: string;
  /** End of the panic's chain of events; also the optimistic lock. */
  readonly chain: ChainHead;
}

/**
 * Seconds from the lift to the cut, and to the moment at which issuing resumes. Every session from before the cut
 * remains denied. Clocks may differ by half a minute. No session from before the lift survives, and none from after it
 * is denied.
 */
const LIFT_SECONDS = { cut: 30, resume: 60 } as const;

/** True while nothing may be issued, renewed or presented. @param nowSeconds epoch seconds. */
export const isHalted = (panic: Panic | undefined, nowSeconds: number): boolean =>
  panic !== undefined && nowSeconds < resumesAt(panic);

/** Computes the moment at which issuing resumes; epoch seconds, `Infinity` before the lift. */
export const resumesAt = ({ liftedAt = Number.POSITIVE_INFINITY }: Panic): number => liftedAt + LIFT_SECONDS.resume;

/**
 * Computes the moment before which everything issued or opened is invalid; epoch seconds. `-Infinity` without a panic,
 * `Infinity` before its lift.
 */
export const deadBefore = (panic: Panic | undefined): number =>
  panic === undefined ? Number.NEGATIVE_INFINITY : (panic.liftedAt ?? Number.POSITIVE_INFINITY) + LIFT_SECONDS.cut;

/**
 * Computes the moment before which sessions are denied; epoch seconds. `-Infinity` once all of them have expired, some
 * time after the lift.
 */
export function sessionsDeadBefore(panic: Panic | undefined, nowSeconds: number): number {
  const cutAt = deadBefore(panic);
  return nowSeconds <= cutAt + HALT_SECONDS ? cutAt : Number.NEGATIVE_INFINITY;
}

/** Halts of everything. */
export interface Panics {
  /** Reads the latest panic, lifted or not, strongly consistent. */
  read(): Promise<Panic | undefined>;
  /** True where this process read within the last five seconds that everything is halted. Reads memory only. */
  isKnown(): boolean;
  /**
   * Records a declaration or a lift with its journal event.
   * @param signIn sign-in that the change uses up.
   * @throws {Refusal} contended where somebody else changed the panic meanwhile; sign_in_used.
   */
  change(panic: Panic, event: JournalEvent, signIn?: SignIn): Promise<void>;
}

/** Author of the halt with which a restored table begins. */
export const RESTORED_BY = "restore";

/**
 * Halts a hub whose table is a restored copy, until a person lifts the halt. A copy lacks every ending, use and
 * revocation after the copy's moment, so everything from before the restore is invalid. Only a lift after the restore
 * counts. The cut of that lift is the floor of tasks, approvals and sessions.
 * @param stored latest panic in the table.
 * @param restoredAt moment of the restore, from the configuration; epoch seconds. Undefined where nothing was restored.
 */
export function afterRestore(stored: Panic | undefined, restoredAt: number | undefined): Panic | undefined {
  if (restoredAt === undefined) return stored;
  // A person has to lift a panic that is still in force in the copy in any case.
  if (stored && (stored.liftedAt ?? Number.POSITIVE_INFINITY) >= restoredAt) return stored;
  return {
    declaredAt: restoredAt,
    declaredBy: RESTORED_BY,
    reason: "The table was restored from a copy.",
    chain: stored?.chain ?? EMPTY_CHAIN,
  };
}
