import type { SessionLease } from "./task.ts";

/**
 * Upper bound on the access keys of earlier sessions in a lease. A lease is issued at most once in ten seconds
 * (`RENEWAL_SECONDS`), and a session allows nothing after 900 (`FENCE_SECONDS`). The keys of all sessions that can act
 * are thus listed.
 */
export const MOST_EARLIER_KEYS = 128;

/** Lists the access keys of a lease's sessions, the oldest first. */
export const keyIdsOf = ({ earlierKeyIds = [], accessKeyId }: SessionLease): readonly string[] =>
  accessKeyId === undefined ? earlierKeyIds : [...earlierKeyIds, accessKeyId];

/** True where the lease had more sessions than it lists keys. A key that is not listed may then have been its own. */
export const hasForgottenKeys = ({ earlierKeyIds = [] }: SessionLease): boolean =>
  earlierKeyIds.length >= MOST_EARLIER_KEYS;
