/**
 * Kinds of calls that are counted by the minute, for each caller. A runaway caller then costs the others no STS calls,
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
  | "code";

export const minuteOf = (nowMs: number): number => Math.floor(nowMs / 60_000);

/** Returns the seconds until the next minute, in which counting begins anew. */
export const secondsToNextMinute = (nowMs: number): number => 60 - (Math.floor(nowMs / 1_000) % 60);
