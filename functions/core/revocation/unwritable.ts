import { FENCE_SECONDS } from "../../../contract/limits.ts";
import { isoSeconds } from "../text/iso-seconds.ts";
import type { RoleRef } from "./roles.ts";

/** Writes of a role's revocation policy, as the reconciler last reported them; epoch milliseconds. */
export interface RoleWrites {
  /** Last moment at which IAM had the policy that the record demands; 0 where there was none. */
  readonly succeededAtMs: number;
  /** First failure since then; absent where there was none. */
  readonly failingSinceMs?: number;
}

/**
 * Ages from which a role's last success counts as an outage of IAM; milliseconds. `failed`: an attempt has failed since.
 * `silent`: nothing is known since; the sweep has each role checked once a minute.
 */
export const UNWRITABLE_MS = { failed: 20_000, silent: 90_000 } as const;

/**
 * Returns the last success where IAM cannot be written; undefined where it can. Absence is no success.
 * @returns epoch milliseconds; 0 where no success is recorded.
 */
export function unwritableSince({ succeededAtMs, failingSinceMs }: RoleWrites, nowMs: number): number | undefined {
  const mostMs = failingSinceMs === undefined ? UNWRITABLE_MS.silent : UNWRITABLE_MS.failed;
  return nowMs - succeededAtMs > mostMs ? succeededAtMs : undefined;
}

/** Outage of IAM in a role. */
export interface Unwritable {
  /** Last moment at which IAM had the policy that the record demands; absent where none is recorded. */
  readonly since?: string;
}

/** Role where IAM cannot be written, with its last success; epoch milliseconds, 0 where none is recorded. */
export interface UnwritableRole {
  readonly role: RoleRef;
  readonly sinceMs: number;
}

/** Describes an outage of IAM. @param sinceMs last success; epoch milliseconds, 0 where none is recorded. */
export const unwritable = (sinceMs: number): Unwritable =>
  sinceMs === 0 ? {} : { since: isoSeconds(Math.floor(sinceMs / 1_000)) };

/** Fence of sessions that are issued while IAM cannot be written, unless their renewals would be too many; seconds. */
export const SHORT_FENCE_SECONDS = 120;

/**
 * Calls of STS that renewals may take in such a time, of the hub's account; a second. Half of the quota: the rest is for
 * vends. Source: quotas of STS, 600 requests a second for each account and Region.
 */
export const RENEWALS_A_SECOND = 300;

/**
 * Computes the fence of sessions that are issued while IAM cannot be written. A client renews at half of a session's
 * life, so this many sessions take two calls of STS each in the time of a fence.
 * @param sessions live sessions of the hub.
 * @returns seconds.
 */
export const shortFence = (sessions: number): number =>
  Math.min(FENCE_SECONDS, Math.max(SHORT_FENCE_SECONDS, Math.ceil((2 * sessions) / RENEWALS_A_SECOND)));
