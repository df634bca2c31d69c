import type { Clock, Log } from "../core/ports.ts";
import { Refusal, reasonOf } from "../core/refusal.ts";
import { dueMinute, isUnheld, type Task } from "../core/tasks/task.ts";
import type { Tasks } from "../core/tasks/tasks.ts";
import type { Timer, Timers } from "../core/tasks/timers.ts";
import { endTask } from "../steps/tasks/end-task.ts";
import { withdrawUnheld } from "../steps/tasks/withdraw-task.ts";

export interface EndDuePorts {
  readonly tasks: Tasks;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Outcome for an entry of the due list. After all but `stuck` and `open` nothing is left to do in its minute.
 * `withdrawn`: nobody held the task. `early`, `put off`: it is in the list of a later minute now. `open`: it may be handed out any moment, and
 * the next sweep looks at it again where it is. `overdue`: it was tried often enough, and is left to its TTL.
 */
export const SWEPT = ["ended", "withdrawn", "had ended", "early", "open", "put off", "overdue", "stuck"] as const;
export type Swept = (typeof SWEPT)[number];

/** Attempts of the sweep at an ending: at once, and then 1, 2, 4, 8 and 16 minutes after the last time. */
export const MOST_TRIES = 6;

/**
 * The task ends, if its deadline has passed, or is withdrawn where nobody has confirmed it in time, and its entry is taken from the list. Never throws: one task must not block the others.
 * An entry that cannot be ended is postponed, and nothing else has to be kept: the minute is done without it.
 */
export async function endDue(timer: Timer, ports: EndDuePorts): Promise<Swept> {
  try {
    const task = await ports.tasks.read(timer.path);
    if (task?.status !== "active") {
      await ports.timers.remove(timer);
      return "had ended";
    }
    const nowSeconds = ports.clock.nowMs() / 1_000;
    if (isUnheld(task, nowSeconds)) return await withdraw(task, timer, ports);
    if (nowSeconds < task.expiresAt) return task.confirmed ? await waitFor(task, timer, ports) : "open";
    await endTask(timer.path, { status: "expired" }, "deadline", ports, task);
    await ports.timers.remove(timer);
    return "ended";
  } catch (error) {
    ports.log.write({ level: "error", event: "sweep_failed", task: timer.path, why: reasonOf(error) });
    return putOff(timer, ports);
  }
}

async function withdraw(unheld: Task, timer: Timer, ports: EndDuePorts): Promise<Swept> {
  const { task } = await withdrawUnheld(unheld, "unconfirmed", ports);
  if (task.status === "active") return waitFor(task, timer, ports);
  await ports.timers.remove(timer);
  return task.status === "withdrawn" ? "withdrawn" : "had ended";
}

/** Into the list of its deadline. */
async function waitFor({ expiresAt }: Task, timer: Timer, ports: EndDuePorts): Promise<Swept> {
  await ports.timers.move(timer, { minute: dueMinute(expiresAt), tries: 0 });
  return "early";
}

async function putOff(timer: Timer, ports: EndDuePorts): Promise<Swept> {
  const tries = timer.tries + 1;
  if (tries >= MOST_TRIES) return overdue(timer, ports);
  try {
    const nowMinute = Math.floor(ports.clock.nowMs() / 60_000);
    await ports.timers.move(timer, { minute: nowMinute + 2 ** timer.tries, tries });
    return "put off";
  } catch (error) {
    // While the record cannot be reached nothing is known of this task: its minute has to be swept again.
    return error instanceof Refusal && error.isOutage ? "stuck" : overdue(timer, ports);
  }
}

/** The entry stays where it is, and nobody reads it again: when DynamoDB removes it, the stream tells the relay (docs/events.md). */
function overdue({ path }: Timer, { log }: EndDuePorts): Swept {
  log.write({ level: "error", event: "overdue", task: path });
  return "overdue";
}
