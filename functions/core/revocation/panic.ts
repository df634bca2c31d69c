import type { ChainHead } from "../journal/event.ts";
import { HALT_SECONDS } from "./halt.ts";

/** Everything was halted by an operator: `PANIC#` / `*`. Times are epoch seconds. It stays after the lift, for what was issued before. */
export interface Panic {
  readonly declaredAt: number;
  readonly declaredBy: string;
  readonly reason: string;
  readonly liftedAt?: number;
  readonly liftedBy?: string;
  /** The end of its chain of events, and the optimistic lock too. */
  readonly chain: ChainHead;
}

/**
 * Seconds from the lift until vending begins anew, and, half way there, to the moment before which whatever was issued is dead for good. So clocks may
 * differ by as much as half a minute: nothing from before the lift survives it, and nothing that is issued after it is killed.
 */
const LIFT_SECONDS = { cut: 30, resume: 60 } as const;

/** Whether nothing may be issued, renewed or shown at this moment. */
export const isHalted = (panic: Panic | undefined, nowSeconds: number): boolean =>
  panic !== undefined && nowSeconds < resumesAt(panic);

/** When vending begins anew; never, before somebody lifts it. */
export const resumesAt = ({ liftedAt = Number.POSITIVE_INFINITY }: Panic): number => liftedAt + LIFT_SECONDS.resume;

/** Whatever was issued or opened before this is dead: `-Infinity` where there never was a panic, `Infinity` before it is lifted. */
export const deadBefore = (panic: Panic | undefined): number =>
  panic === undefined ? Number.NEGATIVE_INFINITY : (panic.liftedAt ?? Number.POSITIVE_INFINITY) + LIFT_SECONDS.cut;

/** The same for sessions, which are all gone some time after the lift: then there is nothing left to deny. */
export function sessionsDeadBefore(panic: Panic | undefined, nowSeconds: number): number {
  const cutAt = deadBefore(panic);
  return nowSeconds <= cutAt + HALT_SECONDS ? cutAt : Number.NEGATIVE_INFINITY;
}
