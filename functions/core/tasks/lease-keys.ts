import type { SessionLease } from "./task.ts";

/**
 * Most access keys of earlier sessions that a lease lists. A lease is issued at most once in ten seconds (`RENEWAL_SECONDS`) and a session allows nothing
 * after 900 (`FENCE_SECONDS`), so that the key of every session that can act is listed.
 */
export const MOST_EARLIER_KEYS = 128;

/** Lists the access keys of a lease's sessions, the oldest first. */
export const keyIdsOf = ({ earlierKeyIds = [], accessKeyId }: SessionLease): readonly string[] =>
  accessKeyId === undefined ? earlierKeyIds : [...earlierKeyIds, accessKeyId];

/** True where the lease had more sessions than it lists keys of, so that a key it does not list may have been its own. */
export const hasForgottenKeys = ({ earlierKeyIds = [] }: SessionLease): boolean =>
  earlierKeyIds.length >= MOST_EARLIER_KEYS;
