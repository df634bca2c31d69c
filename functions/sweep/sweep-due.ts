import { atOnce } from "../core/at-once.ts";
import { reasonOf } from "../core/refusal.ts";
import { LIVE_MARGIN_SECONDS } from "../core/tasks/task.ts";
import { type EndDuePorts, endDue, SWEPT, type Swept } from "./end-due.ts";
import { type EndHeldPorts, endHeld, type HeldTask, heldTasks } from "./end-held.ts";

/** Tasks that are worked on at a time. */
const AT_ONCE = 16;
/** Time for which a sweep takes up new tasks; seconds. The function's own time-out is 55 s, and one task takes some seconds at worst. */
const BUDGET_SECONDS = 40;
/** Beginning of the first sweep of all. Entries older than that may be removed by their TTL, which does the sweep's work. */
const FIRST_BACK_MINUTES = 60;

export interface SweptDue {
  /** Lists that were read. */
  readonly minutes: number;
  /** Tasks past their deadline. */
  readonly ended: number;
  /** Tasks that were handed out to nobody. */
  readonly withdrawn: number;
  readonly failed: number;
  /** Age of the first minute that was not swept completely yet, since its end; or of the first deadline for which there was no time. */
  readonly lagSeconds: number;
}

export interface SweepDuePorts extends EndDuePorts, EndHeldPorts {}

/** Ports, counts and time of one sweep. */
interface Work {
  readonly ports: SweepDuePorts;
  readonly count: Record<Swept, number>;
  readonly isOver: () => boolean;
}

/**
 * Tasks with sessions are found in the lists of the task roles, with their deadlines: what is past its deadline there ends, the oldest first.
 * For all others the due list is worked off from where the last sweep came to, the oldest minute first, up to now. What is done is taken from the list,
 * so it does not matter where a sweep dies, nor whether two run at once. A minute that was swept completely is never read again. In its minute a task
 * with sessions is looked at, too, for which nobody has confirmed that it was handed out.
 *
 * The last minutes are read again each time: a task that is opened for some seconds by a clock that is behind ours may enter a
 * list whose minute has begun.
 */
export async function sweepDue(ports: SweepDuePorts): Promise<SweptDue> {
  const beganAt = ports.clock.nowMs() / 1_000;
  const nowMinute = Math.floor(beganAt / 60);
  const isOver = () => ports.clock.nowMs() / 1_000 - beganAt >= BUDGET_SECONDS;
  const count = Object.fromEntries(SWEPT.map((what) => [what, 0])) as Record<Swept, number>;
  const work: Work = { ports, count, isOver };

  const { held, isWhole: isListed } = await heldTasks(ports);
  const isDue = ({ dueAt }: HeldTask): boolean => dueAt <= beganAt;
  const due = held.filter(isDue).toSorted((one, other) => one.dueAt - other.dueAt);
  const looks = Map.groupBy(
    held.filter((each) => !isDue(each)),
    ({ lookMinute }) => lookMinute,
  );
  const begun = await atOnce(AT_ONCE, due, (each) => counted(endHeld(each, ports), work), isOver);
  const left = due[begun.length];
  if (!isListed) count.stuck += 1;

  const found = await ports.timers.sweptTo();
  // A place in the future was written by a wrong clock; believed, it would stop the sweep until then.
  const isWrong = found !== undefined && found > nowMinute;
  const begin = found === undefined || isWrong ? nowMinute - FIRST_BACK_MINUTES : found;
  let sweptTo = begin;
  let minute = begin;
  while (minute < nowMinute && !isOver()) {
    minute += 1;
    const isWhole = (await sweepMinute(minute, looks.get(minute) ?? [], work)) && isListed;
    if (isWhole && sweptTo === minute - 1 && beganAt >= minute * 60 + LIVE_MARGIN_SECONDS) sweptTo = minute;
  }
  // Once, at the end: what was done is gone from the lists, and an empty list that is read again costs next to nothing.
  if (sweptTo > begin) await ports.timers.setSweptTo(sweptTo, isWrong ? found : undefined);
  return {
    minutes: minute - begin,
    ended: count.ended,
    withdrawn: count.withdrawn,
    failed: count["put off"] + count.overdue + count.stuck,
    lagSeconds: Math.max(
      0,
      Math.floor(ports.clock.nowMs() / 1_000) - Math.min((sweptTo + 1) * 60, left?.dueAt ?? Infinity),
    ),
  };
}

/** @returns whether nothing is left to do in it. A list that cannot be read is left for the next sweep, and does not block the others. */
async function sweepMinute(minute: number, looks: readonly HeldTask[], work: Work): Promise<boolean> {
  const { ports, count, isOver } = work;
  const undone = () => count.stuck + count.open;
  const before = undone();
  try {
    const jobs = [
      ...(await ports.timers.due(minute)).map((timer) => () => endDue(timer, ports)),
      ...looks.map((held) => () => endHeld(held, ports)),
    ];
    const isAll = (await atOnce(AT_ONCE, jobs, (job) => counted(job(), work), isOver)).length === jobs.length;
    return isAll && undone() === before;
  } catch (error) {
    ports.log.write({ level: "error", event: "sweep_failed", minute, why: reasonOf(error) });
    count.stuck += 1;
    return false;
  }
}

async function counted(swept: Promise<Swept>, { count }: Work): Promise<void> {
  count[await swept] += 1;
}
