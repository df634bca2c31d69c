import { UnknownOutcome } from "../core/revocation/unknown-outcome.ts";

/** What an attempt at a write may come to: "no" is told by AWS, and then nothing was written; of anything else nobody knows. */
type Outcome = "not yet" | "no" | "unknown";

/** Milliseconds before the next attempt at what AWS had no time for, and before each look at whether a write of unknown outcome has landed. */
const PAUSES_MS = { again: [200, 400, 800, 1_600], look: [250, 500, 1_000, 2_000, 4_000] } as const;

/** AWS's words for "not now", with or without `Exception` behind them. */
const BUSY = new Set(["Throttling", "TooManyRequests", "RequestLimitExceeded", "ConcurrentModification"]);

/**
 * Becomes true once the write is known to have been done. It is sent again only where AWS said that it was not: a second one after a time-out could
 * land before the first, which then stays; so could whatever is written next. There it is read back until it stands, or given up unknown: whoever
 * called must leave the thing alone until it can no longer land.
 * @param isThere whether what was written stands there.
 * @throws what AWS said where it is a "no"; UnknownOutcome.
 */
export async function writeUntilKnown(
  write: () => Promise<unknown>,
  isThere: () => Promise<boolean>,
  pause: (ms: number) => Promise<void>,
): Promise<void> {
  for (const ms of [...PAUSES_MS.again, undefined]) {
    try {
      await write();
      return;
    } catch (error) {
      const outcome = outcomeOf(error);
      if (outcome === "unknown") return lookUntilThere(isThere, pause, error);
      if (outcome === "no" || ms === undefined) throw error;
      await pause(ms);
    }
  }
}

async function lookUntilThere(
  isThere: () => Promise<boolean>,
  pause: (ms: number) => Promise<void>,
  cause: unknown,
): Promise<void> {
  for (const ms of PAUSES_MS.look) {
    await pause(ms);
    // Not to be seen is no answer: IAM may show it later, or it may still be on its way.
    if (await isThere()) return;
  }
  throw new UnknownOutcome(cause);
}

function outcomeOf(error: unknown): Outcome {
  const { name = "", $metadata } = (error ?? {}) as {
    readonly name?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode ?? 0;
  // Answered with a status, so it was read: only then is a name AWS's word.
  if (status >= 400 && BUSY.has(name.replace(/Exception$/, ""))) return "not yet";
  return status >= 400 && status < 500 ? "no" : "unknown";
}
