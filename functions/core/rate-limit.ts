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
  | "vote"
  | "code";

/**
 * Limits in one minute. The limit of tasks is in the agent's own limits.
 * `stale`: refusals whose proof was a used token, or the token of an ended task. These count apart, since whoever has
 * seen such a token can send it.
 * `renewal`: renewals of one task that policy denied.
 * `poll`: polls of one task that waits for people; the client polls each five seconds.
 * `fetch`: requests for a lease of one task that waits for people. An SDK sends up to five for one call of a program.
 * `explanation`: questions of one operator about policy, each of which costs more than a request of an agent.
 * `vote`: votes of one person, each of which is an event; one sign-in decides up to 20 requests.
 * `code`: codes of one person that the hub sends to the person's issuer, which may lock a client out that sends junk.
 */
export const RATE_LIMITS = {
  refusal: 60,
  stale: 60,
  presentation: 60,
  delegation: 30,
  renewal: 5,
  poll: 15,
  fetch: 30,
  explanation: 30,
  vote: 60,
  code: 30,
} as const;

/** Seconds between two polls (RFC 8628, section 3.2). */
export const POLL_SECONDS = 5;

export const minuteOf = (nowMs: number): number => Math.floor(nowMs / 60_000);

/** Returns the seconds until the next minute, in which counting begins anew. */
export const secondsToNextMinute = (nowMs: number): number => 60 - (Math.floor(nowMs / 1_000) % 60);
