/**
 * Kinds of calls that are counted for each caller: by the minute, and endings by a condition of the bus by the hour. A runaway caller then costs the others no STS calls,
 * and not one write for every refusal (docs/design.md#limits-of-a-request).
 */
export type Limited =
  | "task"
  | "refusal"
  | "stale"
  | "presentation"
  | "delegation"
  | "renewal"
  | "poll"
  | "fetch"
  | "explanation"
  | "question"
  | "vote"
  | "code"
  | "bus_ending";

/** Minutes for which one count goes on, of the kinds that are not counted by the minute. */
const WINDOW_MINUTES: Partial<Record<Limited, number>> = { bus_ending: 60 };

/** Returns the window in which a call is counted, as the minutes since 1970 at its beginning and its end. */
export function windowOf(what: Limited, nowMs: number): { readonly begin: number; readonly end: number } {
  const minutes = WINDOW_MINUTES[what] ?? 1;
  const begin = Math.floor(nowMs / 60_000 / minutes) * minutes;
  return { begin, end: begin + minutes };
}

/** Returns the seconds until the next minute, in which counting begins anew. */
export const secondsToNextMinute = (nowMs: number): number => 60 - (Math.floor(nowMs / 1_000) % 60);
