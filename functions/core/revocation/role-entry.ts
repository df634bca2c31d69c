import type { TaskPath } from "../tasks/path.ts";
import { FENCE_SECONDS, type Lease, type Task } from "../tasks/task.ts";

/** What the record says of one task in one task role: `ROLE#account#role#bucket` / `path`. Times are epoch seconds. */
export interface RoleEntry {
  readonly path: TaskPath;
  /** Whose task it is: the `SourceIdentity` of its sessions. */
  readonly agent: string;
  readonly openedAt: number;
  /** When the last STS call for a session of its was begun, by our clock. */
  readonly startedAt: number;
  /** The latest fence of its sessions in this role: past it, there is nothing left to revoke. */
  readonly fenceAt: number;
  readonly endedAt?: number;
}

/**
 * How far our clock may be ahead of AWS's, by which the fence falls, or two of ours apart: until then an ended task stays named, and so long an
 * entry is looked for on either side of now; seconds.
 */
export const CLOCK_MARGIN_SECONDS = 300;

/** Seconds of fences that share a partition, so that what is past is not read again and again until DynamoDB's TTL takes it away, days late. */
const BUCKET_SECONDS = 1_200;

/** The bucket of the entry: by its fence. */
export const bucketOf = (fenceAt: number): number => Math.floor(fenceAt / BUCKET_SECONDS);

/** Every bucket in which an entry can be that still matters: whose fence has not surely fallen, and was set by a clock of ours. */
export function standingBuckets(nowSeconds: number): readonly number[] {
  const first = bucketOf(nowSeconds - CLOCK_MARGIN_SECONDS);
  const last = bucketOf(nowSeconds + FENCE_SECONDS + CLOCK_MARGIN_SECONDS);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Whether there may still be something to revoke. */
export const isStanding = ({ fenceAt }: Pick<RoleEntry, "fenceAt">, nowSeconds: number): boolean =>
  nowSeconds <= fenceAt + CLOCK_MARGIN_SECONDS;

/**
 * One entry for each task. A renewal leaves the entry under the fence before it where it was, and an ending marks only the one of the latest
 * fence: so a task has ended if any of its entries says so.
 */
export function mergeEntries(entries: readonly RoleEntry[]): readonly RoleEntry[] {
  const byPath = new Map<TaskPath, RoleEntry>();
  for (const entry of entries) {
    const known = byPath.get(entry.path);
    byPath.set(entry.path, known ? merged(known, entry) : entry);
  }
  return [...byPath.values()];
}

function merged(one: RoleEntry, other: RoleEntry): RoleEntry {
  const ends = [one.endedAt, other.endedAt].filter((endedAt) => endedAt !== undefined);
  return {
    path: one.path,
    agent: one.agent,
    openedAt: Math.min(one.openedAt, other.openedAt),
    startedAt: Math.max(one.startedAt, other.startedAt),
    fenceAt: Math.max(one.fenceAt, other.fenceAt),
    ...(ends.length > 0 ? { endedAt: Math.max(...ends) } : {}),
  };
}

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
      entry: { path, agent, openedAt, startedAt, fenceAt: Math.max(...inRole.map(standsUntil)) },
    };
  });
}

/** The latest fence of all sessions of the lease, earlier ones too. */
const standsUntil = ({ fenceAt, earlierFenceAt = 0 }: Lease): number => Math.max(fenceAt, earlierFenceAt);

/**
 * The lease as it is to be recorded over what stood there. Whosever clock or whichever policy made the new fence earlier than the one before,
 * the session before still lives until its own: an ending has to find the entry of the latest.
 */
export const renewedOver = (before: Lease, next: Lease): Lease =>
  standsUntil(before) > next.fenceAt ? { ...next, earlierFenceAt: standsUntil(before) } : next;
