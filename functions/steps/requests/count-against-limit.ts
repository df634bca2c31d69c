import type { Ports } from "../../core/ports.ts";
import { type Limited, secondsToNextMinute } from "../../core/rate-limit.ts";
import { Refusal } from "../../core/refusal.ts";

/**
 * Counts one more use of the caller's limit in this minute; refuses where it is exceeded.
 * @throws {Refusal} too_many_requests, store_unavailable.
 */
export async function countAgainstLimit(
  who: string,
  what: Limited,
  most: number,
  ports: Pick<Ports, "rateLimits" | "clock">,
): Promise<void> {
  if (!(await ports.rateLimits.count(who, what, most))) throw tooFast(what, most, ports);
}

/**
 * Refuses a caller whose limit this process knows to be exceeded, without counting and without I/O. Call it before anything is issued or written.
 * @throws {Refusal} too_many_requests.
 */
export function refuseKnownFlood(
  who: string,
  what: Limited,
  most: number,
  ports: Pick<Ports, "rateLimits" | "clock">,
): void {
  if (ports.rateLimits.isOver(who, what)) throw tooFast(what, most, ports);
}

const tooFast = (what: Limited, most: number, ports: Pick<Ports, "clock">): Refusal =>
  new Refusal("too_many_requests", {
    say: `At most ${most} a minute.`,
    why: what,
    retryAfterSeconds: secondsToNextMinute(ports.clock.nowMs()),
  });
