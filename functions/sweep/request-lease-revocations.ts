import { atOnce } from "../core/at-once.ts";
import type { Clock, Log } from "../core/ports.ts";
import type { TaskPath } from "../core/task-path.ts";
import type { LeaseRevocationQueue, PendingRevocations } from "../core/tasks/pending-revocation.ts";
import { dueSince, type LeaseRef, OVERDUE_SECONDS } from "../core/tasks/pending-revocation.ts";
import type { Task } from "../core/tasks/task.ts";
import type { Tasks } from "../core/tasks/tasks.ts";

export interface RequestLeaseRevocationsPorts {
  readonly tasks: Pick<Tasks, "read">;
  readonly pendingRevocations: Pick<PendingRevocations, "list">;
  readonly leaseRevocationQueue: LeaseRevocationQueue;
  readonly clock: Clock;
  readonly log: Log;
}

/** Tasks that are read at the same time. */
const AT_ONCE = 16;

/**
 * Requests every due revocation of connectors' credentials again. A request may have been lost, a revocation may have failed, or the credential was issued for
 * an answer that nobody got. Logs the number of overdue ones, which rings an alarm.
 */
export async function requestLeaseRevocations(ports: RequestLeaseRevocationsPorts): Promise<void> {
  const all = await ports.pendingRevocations.list();
  if (all.length === 0) return;
  const tasks = await readTasks([...new Set(all.map(({ lease }) => lease.path))], ports);
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const due = all.flatMap(({ lease, confirmed }) => {
    // A lease whose task could not be read waits for the next minute. After its expiry it is due, whatever state the task has.
    if (!tasks.has(lease.path) && nowSeconds < lease.expiresAt) return [];
    const since = dueSince({ lease, confirmed }, tasks.get(lease.path), nowSeconds);
    return since === undefined ? [] : [{ lease, since }];
  });
  if (due.length > 0)
    await ports.leaseRevocationQueue.send(due.map(({ lease: { path, name } }): LeaseRef => ({ path, name })));
  const overdue = due.filter(({ since }) => since + OVERDUE_SECONDS <= nowSeconds).length;
  ports.log.write({
    level: overdue > 0 ? "error" : "info",
    event: "lease_revocations_swept",
    pending: all.length,
    due: due.length,
    overdue,
  });
}

/** Reads each task. A task that is gone has the value `undefined`; one that could not be read has no entry. */
async function readTasks(
  paths: readonly TaskPath[],
  ports: RequestLeaseRevocationsPorts,
): Promise<ReadonlyMap<TaskPath, Task | undefined>> {
  const found = new Map<TaskPath, Task | undefined>();
  const read = async (path: TaskPath): Promise<void> => {
    const [outcome] = await Promise.allSettled([ports.tasks.read(path)]);
    if (outcome.status === "fulfilled") found.set(path, outcome.value);
  };
  await atOnce(AT_ONCE, paths, read);
  return found;
}
