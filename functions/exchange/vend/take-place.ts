import type { Ports } from "../../core/ports.ts";
import { Refusal, type RefusalDetail } from "../../core/refusal.ts";
import type { TaskPath } from "../../core/task-path.ts";
import { placeIn } from "../../core/tasks/room.ts";
import type { Task } from "../../core/tasks/task.ts";

/**
 * Time that a waiting task allows each later task that may still give way; milliseconds. If the list has not changed for the sum, the waiting task gives
 * up. Later tasks then stay: a process that died leaves its task until the sweep withdraws it. The last waiting task has the shortest sum and gives up
 * first; those before it see that.
 */
const GIVE_WAY_MS = 1_000;

/** Longest pause between two reads of the list; milliseconds. */
const PAUSE_MS = 40;

/** Upper bound on the reads of the list, however often it changes: some three seconds. */
const READS = 100;

/** Limit on tasks that are alive or wait. */
export interface Limit {
  readonly most: number;
  readonly code: "too_many_tasks" | "too_many_children" | "too_many_approvals";
  /** Time after which a refused caller may try again; 30 seconds where absent. */
  readonly retryAfterSeconds?: number;
  /** Lists the tasks that count against the limit, strongly read, in an order that is the same for every reader. */
  readonly list: () => Promise<readonly TaskPath[]>;
}

/**
 * Refuses a task that was just written and has no room under the limit. There is no counter: each request reads the list after writing its own entry.
 * One read is enough under the limit. Above it, tasks too far back in the list give way at once. The tasks before them wait for that.
 * @param first list as read after the task was written.
 * @throws {Refusal} with the limit's code.
 */
export async function takePlace(
  { path }: Pick<Task, "path">,
  { most, code, list, retryAfterSeconds = 30 }: Limit,
  first: readonly TaskPath[],
  ports: Pick<Ports, "tasks" | "clock" | "random" | "pause">,
): Promise<void> {
  let changedAtMs = ports.clock.nowMs();
  const detail: RefusalDetail = { say: `It may have ${most}.`, retryAfterSeconds };
  let order = first;
  for (let nth = 1; nth <= READS; nth += 1) {
    const place = placeIn(order, path, most);
    if (place === "in") return;
    if (place === "out") break;
    const behind = order.slice(order.indexOf(path) + 1);
    const handedOut = await handedOutOf(behind, ports);
    if (placeIn(order, path, most, handedOut) === "out") break;
    if (ports.clock.nowMs() - changedAtMs >= GIVE_WAY_MS * (behind.length - handedOut.size)) break;
    const [byte = 0] = ports.random.bytes(1);
    await ports.pause(1 + Math.floor((PAUSE_MS * byte) / 256));
    const next = await list();
    if (next.join() !== order.join()) changedAtMs = ports.clock.nowMs();
    order = next;
  }
  throw new Refusal(code, detail);
}

async function handedOutOf(
  paths: readonly TaskPath[],
  { tasks }: Pick<Ports, "tasks">,
): Promise<ReadonlySet<TaskPath>> {
  const read = await Promise.all(paths.map((path) => tasks.read(path)));
  return new Set(read.flatMap((task) => (task?.status === "active" && task.confirmed ? [task.path] : [])));
}
