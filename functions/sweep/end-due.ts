import type { Log } from "../core/ports.ts";
import { Refusal, reasonOf } from "../core/refusal.ts";
import { dueMinute } from "../core/tasks/task.ts";
import type { Timer, Timers } from "../core/tasks/timers.ts";
import { type SettlePorts, settleDue } from "./settle-due.ts";

export interface EndDuePorts extends SettlePorts {
  readonly timers: Timers;
  readonly log: Log;
}

/**
 * Outcome for an entry of the due list. Only `stuck` and `open` leave work in the entry's minute.
 * - `withdrawn`: nobody held the task.
 * - `early`, `put off`: the entry is in the list of a later minute now.
 * - `open`: the task may be handed out any moment. The next sweep reads the entry again.
 * - `overdue`: the sweep has tried often enough, and leaves the entry to its TTL.
 * - `stuck`: the record could not be reached.
 */
export const SWEPT = ["ended", "withdrawn", "had ended", "early", "open", "put off", "overdue", "stuck"] as const;
export type Swept = (typeof SWEPT)[number];

/** Attempts of the sweep at an ending: at once, and then 1, 2, 4, 8 and 16 minutes after the last attempt. */
export const MOST_TRIES = 6;

/**
 * Settles the task of an entry of the due list, and removes the entry. Never throws: one task must not block the others. If the task cannot be ended, moves
 * the entry to a later minute, so that its own minute is done.
 */
export async function endDue(timer: Timer, ports: EndDuePorts): Promise<Swept> {
  try {
    const settled = await settleDue(timer.path, ports);
    if (settled.what === "early")
      await ports.timers.move(timer, { minute: dueMinute(settled.task.expiresAt), tries: 0 });
    else if (settled.what !== "open") await ports.timers.remove(timer);
    return settled.what;
  } catch (error) {
    ports.log.write({ level: "error", event: "sweep_failed", task: timer.path, why: reasonOf(error) });
    return putOff(timer, ports);
  }
}

async function putOff(timer: Timer, ports: EndDuePorts): Promise<Swept> {
  const tries = timer.tries + 1;
  if (tries >= MOST_TRIES) return overdue(timer, ports);
  try {
    const nowMinute = Math.floor(ports.clock.nowMs() / 60_000);
    await ports.timers.move(timer, { minute: nowMinute + 2 ** timer.tries, tries });
    return "put off";
  } catch (error) {
    // While the record cannot be reached, the task's state is unknown, so the minute has to be swept again.
    return error instanceof Refusal && error.isOutage ? "stuck" : overdue(timer, ports);
  }
}

/** Leaves the entry where it is, and logs that. DynamoDB removes it by its TTL, and the stream reports that to the relay (docs/events.md). */
function overdue({ path }: Timer, { log }: EndDuePorts): Swept {
  log.write({ level: "error", event: "overdue", task: path });
  return "overdue";
}
