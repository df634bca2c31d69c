import type { ChainHead } from "../journal/event.ts";
import { HALT_SECONDS } from "./halt.ts";

/** Halt of everything by an operator: the item `PANIC#` / `*`. Times are epoch seconds. It outlives its lift, to deny sessions from before. */
export interface Panic {
  readonly declaredAt: number;
  readonly declaredBy: string;
  readonly reason: string;
  readonly liftedAt?: number;
  readonly liftedBy?: string;
  /** Head of its chain of events; also the optimistic lock. */
  readonly chain: ChainHead;
}

/**
 * Seconds from the lift to the cut, before which every session stays dead, and to the moment at which vending resumes. Clocks may differ by half a
 * minute: no session from before the lift survives, and no session from after it is denied.
 */
const LIFT_SECONDS = { cut: 30, resume: 60 } as const;

/** True while nothing may be issued, renewed or presented. @param nowSeconds epoch seconds. */
export const isHalted = (panic: Panic | undefined, nowSeconds: number): boolean =>
  panic !== undefined && nowSeconds < resumesAt(panic);

/** Moment at which vending resumes; epoch seconds, `Infinity` before the lift. */
export const resumesAt = ({ liftedAt = Number.POSITIVE_INFINITY }: Panic): number => liftedAt + LIFT_SECONDS.resume;

/** Moment before which everything issued or opened is dead; epoch seconds. `-Infinity` without a panic, `Infinity` before its lift. */
export const deadBefore = (panic: Panic | undefined): number =>
  panic === undefined ? Number.NEGATIVE_INFINITY : (panic.liftedAt ?? Number.POSITIVE_INFINITY) + LIFT_SECONDS.cut;

/** The same for sessions. Some time after the lift all have expired, and there is nothing left to deny: `-Infinity`. */
export function sessionsDeadBefore(panic: Panic | undefined, nowSeconds: number): number {
  const cutAt = deadBefore(panic);
  return nowSeconds <= cutAt + HALT_SECONDS ? cutAt : Number.NEGATIVE_INFINITY;
}
