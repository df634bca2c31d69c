import type { AgentId } from "../../../contract/agent-id.ts";
import { FENCE_SECONDS } from "../../../contract/limits.ts";
import type { AccountId } from "../deployment/account-id.ts";
import type { TaskPath } from "../task-path.ts";
import type { SessionLease, Task } from "../tasks/task.ts";
import { keyIdsOf, MOST_EARLIER_KEYS } from "../tasks/task.ts";

/** Record of one task in one task role. Times are epoch seconds. */
export interface RoleEntry {
  readonly path: TaskPath;
  /**
   * Id of the task's agent: the `SourceIdentity` of its sessions. `""` where the stored
   * entry names none: the task is denied all the same.
   */
  readonly agent: AgentId | "";
  readonly openedAt: number;
  /** Start of the last STS call for one of the task's sessions, by valetkey's clock. */
  readonly startedAt: number;
  /**
   * Latest fence of the task's sessions in this role: after it nothing is left to revoke. For an ended task it also
   * covers the tasks below.
   */
  readonly fenceAt: number;
  /** Deadline of an active task, by which the sweep finds it; absent from entries of an earlier release. */
  readonly expiresAt?: number;
  readonly endedAt?: number;
}

/**
 * Seconds for which an ended task is still denied by name after its fence. The hub's clock may be that far ahead of
 * AWS's. Two of the hub's clocks may differ by as much.
 */
export const CLOCK_MARGIN_SECONDS = 300;

/** Seconds after a task's end after which none of its sessions can be alive, by any clock. */
export const MAY_LIVE_SECONDS = FENCE_SECONDS + 2 * CLOCK_MARGIN_SECONDS;

/** True while a session of the entry may still be alive, so that there may be something to revoke. */
export const mayBeAlive = ({ fenceAt }: Pick<RoleEntry, "fenceAt">, nowSeconds: number): boolean =>
  nowSeconds <= diesBy({ fenceAt });

/**
 * Returns the moment by which a session is dead by any clock, whatever is written to IAM; epoch seconds. Every page for
 * operators shows this moment as the end of a key that IAM cannot deny.
 */
export const diesBy = ({ fenceAt }: Pick<RoleEntry, "fenceAt">): number => fenceAt + CLOCK_MARGIN_SECONDS;

/** Entry of a task that has ended. */
export type EndedEntry = RoleEntry & { readonly endedAt: number };

/** Entry and the role that it is for. */
export interface RoleEntryOf {
  readonly account: AccountId;
  readonly role: string;
  readonly entry: RoleEntry;
}

/** Makes one entry for each role of the task's leases. Where leases share a role, the latest fence counts. */
export function roleEntries(
  task: Pick<Task, "path" | "agent" | "openedAt" | "expiresAt">,
  leases: readonly SessionLease[],
): readonly RoleEntryOf[] {
  const byRole = Map.groupBy(leases, ({ account, role }) => JSON.stringify([account, role]));
  return [...byRole.values()].flatMap((inRole) => {
    const { path, agent, openedAt, expiresAt } = task;
    const startedAt = Math.max(...inRole.map((lease) => lease.startedAt));
    const fenceAt = Math.max(...inRole.map(aliveUntil));
    const entry = { path, agent, openedAt, startedAt, expiresAt, fenceAt };
    return inRole.slice(0, 1).map(({ account, role }) => ({ account, role, entry }));
  });
}

/**
 * Makes the entry of a task that has ended. A task that delegated may have tasks below it that have not ended yet. Its
 * entry lasts until their fences have also passed, since nothing new is issued below an ended task.
 */
export const endedEntry = (
  { expiresAt: _, ...entry }: RoleEntry,
  endedAt: number,
  hasDelegated: boolean,
): EndedEntry => ({
  ...entry,
  fenceAt: hasDelegated ? Math.max(entry.fenceAt, endedAt + FENCE_SECONDS) : entry.fenceAt,
  endedAt,
});

/** Returns the latest fence of all sessions of the lease, earlier ones included; epoch seconds. */
const aliveUntil = ({ fenceAt, earlierFenceAt = 0 }: SessionLease): number => Math.max(fenceAt, earlierFenceAt);

/**
 * Merges a renewed lease with the one that it replaces. The new fence may be earlier than the old one (another clock, a
 * shorter policy). The old session lives until its own fence. An ending must find the latest of the two. The keys of
 * earlier sessions remain in the record, since CloudTrail's events about them arrive later.
 */
export function renewedOver(before: SessionLease, next: SessionLease): SessionLease {
  const keyIds = keyIdsOf(before).slice(-MOST_EARLIER_KEYS);
  return {
    ...next,
    ...(aliveUntil(before) > next.fenceAt ? { earlierFenceAt: aliveUntil(before) } : {}),
    ...(keyIds.length > 0 ? { earlierKeyIds: keyIds } : {}),
  };
}

/**
 * Seconds after an ending's moment within which it is recorded, if ever. The transaction starts right after the moment
 * is noted, and all attempts take less than ten seconds.
 */
export const SETTLED_SECONDS = 30;

/** At most this many endings are recorded with each policy write, the latest first; a later write records the rest. */
export const MOST_SEEN = 100;

/**
 * Lists the ended tasks in a policy's snapshot whose inclusion the snapshot's time alone does not prove, since they
 * ended shortly before. An ending's moment is noted before the ending is written. A snapshot taken right after that
 * moment may thus lack the ending.
 */
export function endingsSeen(entries: readonly RoleEntry[], snapshotAtMs: number): readonly TaskPath[] {
  const nowSeconds = snapshotAtMs / 1_000;
  // An entry's ending is in whole seconds, rounded down.
  const since = nowSeconds - SETTLED_SECONDS - 1;
  return entries
    .flatMap((entry) => (entry.endedAt === undefined ? [] : [{ ...entry, endedAt: entry.endedAt }]))
    .filter((entry) => entry.endedAt >= since && mayBeAlive(entry, nowSeconds))
    .sort((a, b) => b.endedAt - a.endedAt)
    .slice(0, MOST_SEEN)
    .map(({ path }) => path);
}
