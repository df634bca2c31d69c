import { UnknownOutcome } from "../../core/revocation/policy-writes.ts";

/**
 * Outcome of a failed attempt. AWS throttled it (`not yet`) or refused it (`no`), so nothing was written; or the write
 * may have landed (`unknown`).
 */
type Outcome = "not yet" | "no" | "unknown";

/** Pauses before the further attempts; milliseconds. */
const PAUSES_MS = [100, 200, 400, 800, 1_600] as const;

/** Names of AWS's throttling and conflict errors, without the suffix `Exception` that some have. */
const BUSY = new Set(["Throttling", "TooManyRequests", "RequestLimitExceeded", "ConcurrentModification"]);

/**
 * Repeats a write until AWS confirms it. All attempts write the same text, so an earlier attempt that lands late is
 * harmless until another text is written.
 * @returns `may land again` where the outcome of an earlier attempt is unknown. No other text may be written while that
 * attempt can still land.
 * @throws AWS's error where AWS refused or throttled the write and no attempt's outcome is unknown; UnknownOutcome otherwise.
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
  // Only an error with a status is AWS's own answer, and only then its name counts.
  if (status >= 400 && BUSY.has(name.replace(/Exception$/, ""))) return "not yet";
  return status >= 400 && status < 500 ? "no" : "unknown";
}
