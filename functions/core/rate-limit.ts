/**
 * Kinds of calls that are counted by the minute, for each caller: one that is out of hand costs neither the others' STS calls nor
 * a write for every refusal (docs/design.md#limits-of-a-request).
 */
export type Limited = "task" | "refusal" | "stale" | "presentation" | "delegation" | "renewal" | "poll" | "explanation";

/** In one minute. How many tasks an agent may ask for stands in its own limits. `stale`: refusals whose proof was a used token or the token of an ended task; they count apart, since whoever has seen such a token can show it. `renewal`: those of one task that policy denied. `poll`: those of one task that waits for people, who are asked each five seconds. `explanation`: questions of one operator about policy, each of which costs more than a request of an agent. */
export const RATE_LIMITS = {
  refusal: 60,
  stale: 60,
  presentation: 60,
  delegation: 30,
  renewal: 5,
  poll: 15,
  explanation: 30,
} as const;

export const minuteOf = (nowMs: number): number => Math.floor(nowMs / 60_000);

/** Seconds until counting begins anew. */
export const secondsToNextMinute = (nowMs: number): number => 60 - (Math.floor(nowMs / 1_000) % 60);
