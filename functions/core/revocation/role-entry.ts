import type { TaskPath } from "../tasks/path.ts";
import { FENCE_SECONDS, type Lease, type Task } from "../tasks/task.ts";

/** What the record says of one task in one task role. Times are epoch seconds. */
export interface RoleEntry {
  readonly path: TaskPath;
  /** Whose task it is: the `SourceIdentity` of its sessions. */
  readonly agent: string;
  readonly openedAt: number;
  /** When the last STS call for a session of its was begun, by our clock. */
  readonly startedAt: number;
  /** The latest fence of its sessions in this role: past it, there is nothing left to revoke. Once it has ended, of those of tasks below it too. */
  readonly fenceAt: number;
  readonly endedAt?: number;
}

/**
 * How far our clock may be ahead of AWS's, by which the fence falls, or two of ours apart: until then an ended task stays named; seconds.
 */
export const CLOCK_MARGIN_SECONDS = 300;

/** What ended earlier than this before now, by whosever clock, has nothing left to revoke; seconds. */
export const MAY_LIVE_SECONDS = FENCE_SECONDS + 2 * CLOCK_MARGIN_SECONDS;

/** Whether there may still be something to revoke. */
export const mayBeAlive = ({ fenceAt }: Pick<RoleEntry, "fenceAt">, nowSeconds: number): boolean =>
  nowSeconds <= fenceAt + CLOCK_MARGIN_SECONDS;

/** Of a task that has ended. */
export type EndedEntry = RoleEntry & { readonly endedAt: number };

/** An entry and the role that it is for. */
export interface RoleEntryOf {
  readonly account: string;
  readonly role: string;
  readonly entry: RoleEntry;
}

/** What is to be said of the task in each role of its leases, once: two leases may be in one role, and the latest of their fences counts. */
export function roleEntries(
  task: Pick<Task, "path" | "agent" | "openedAt">,
  leases: readonly Lease[],
): readonly RoleEntryOf[] {
  const byRole = Map.groupBy(leases, ({ account, role }) => JSON.stringify([account, role]));
  return [...byRole].map(([name, inRole]) => {
    const [account, role] = JSON.parse(name) as [string, string];
    const { path, agent, openedAt } = task;
    const startedAt = Math.max(...inRole.map((lease) => lease.startedAt));
    return {
      account,
      role,
      entry: { path, agent, openedAt, startedAt, fenceAt: Math.max(...inRole.map(aliveUntil)) },
    };
  });
}

/**
 * The entry of a task that has ended. Of one that was allowed to have others below it, which may not have followed yet: it stands until theirs
 * have fallen too, since nothing is issued below it any more.
 */
export const endedEntry = (entry: RoleEntry, endedAt: number, hasDelegated: boolean): EndedEntry => ({
  ...entry,
  fenceAt: hasDelegated ? Math.max(entry.fenceAt, endedAt + FENCE_SECONDS) : entry.fenceAt,
  endedAt,
});

/** The latest fence of all sessions of the lease, earlier ones too. */
const aliveUntil = ({ fenceAt, earlierFenceAt = 0 }: Lease): number => Math.max(fenceAt, earlierFenceAt);

/**
 * The lease as it is to be recorded over what stood there. Whosever clock or whichever policy made the new fence earlier than the one before,
 * the session before still lives until its own: an ending has to find the entry of the latest.
 */
export const renewedOver = (before: Lease, next: Lease): Lease =>
  aliveUntil(before) > next.fenceAt ? { ...next, earlierFenceAt: aliveUntil(before) } : next;
