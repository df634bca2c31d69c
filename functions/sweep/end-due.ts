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
 * Outcome for an entry of the due list. After all but `stuck` and `open` nothing is left to do in its minute.
 * `withdrawn`: nobody held the task. `early`, `put off`: it is in the list of a later minute now. `open`: it may be handed out any moment, and
 * the next sweep looks at it again where it is. `overdue`: it was tried often enough, and is left to its TTL.
 */
export const SWEPT = ["ended", "withdrawn", "had ended", "early", "open", "put off", "overdue", "stuck"] as const;
export type Swept = (typeof SWEPT)[number];

/** Attempts of the sweep at an ending: at once, and then 1, 2, 4, 8 and 16 minutes after the last time. */
export const MOST_TRIES = 6;

/**
 * Settles the task of an entry of the due list, and takes the entry from the list. Never throws: one task must not block the others.
 * An entry that cannot be ended is postponed, and nothing else has to be kept: the minute is done without it.
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
    // While the record cannot be reached nothing is known of this task: its minute has to be swept again.
    return error instanceof Refusal && error.isOutage ? "stuck" : overdue(timer, ports);
  }
}

/** The entry stays where it is, and nobody reads it again: when DynamoDB removes it, the stream tells the relay (docs/events.md). */
function overdue({ path }: Timer, { log }: EndDuePorts): Swept {
  log.write({ level: "error", event: "overdue", task: path });
  return "overdue";
}
