import { UnknownOutcome } from "../../core/revocation/unknown-outcome.ts";

/** Outcome of an attempt at a write: "no" is AWS's word, and then nothing was written; of anything else nobody knows. */
type Outcome = "not yet" | "no" | "unknown";

/** Milliseconds before each further attempt. */
const PAUSES_MS = [100, 200, 400, 800, 1_600] as const;

/** AWS's words for "not now", with or without `Exception` behind them. */
const BUSY = new Set(["Throttling", "TooManyRequests", "RequestLimitExceeded", "ConcurrentModification"]);

/**
 * Sends a write until AWS has confirmed it. Each attempt writes the same, so an earlier one that lands late changes nothing; it would change what
 * somebody writes next.
 * @returns `may land again` where the outcome of an earlier attempt is unknown: nothing else may be written before that can no longer land.
 * @throws AWS's error where it is a "no" to all attempts; UnknownOutcome.
 */
export async function writeUntilKnown(
  write: () => Promise<unknown>,
  pause: (ms: number) => Promise<void>,
): Promise<"done" | "may land again"> {
  let lost: { readonly cause: unknown } | undefined;
  for (const ms of [...PAUSES_MS, undefined]) {
    try {
      await write();
      return lost ? "may land again" : "done";
    } catch (error) {
      const outcome = outcomeOf(error);
      if (outcome === "unknown") lost ??= { cause: error };
      if (outcome === "no" || ms === undefined) throw lost ? new UnknownOutcome(lost.cause) : error;
      await pause(ms);
    }
  }
  throw new RangeError("the last attempt has no pause behind it");
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
