import { atOnce } from "../core/at-once.ts";
import { reasonOf } from "../core/refusal.ts";
import { LIVE_MARGIN_SECONDS } from "../core/tasks/task.ts";
import { type EndDuePorts, endDue, SWEPT, type Swept } from "./end-due.ts";
import { type EndHeldPorts, endHeld, type HeldTask, heldTasks } from "./end-held.ts";

/** Tasks that are settled at the same time. */
const AT_ONCE = 16;
/** Time for which a sweep begins further tasks; seconds. The function's own time-out is 55 s, and one task takes some seconds at worst. */
const BUDGET_SECONDS = 40;
/** Minutes that the very first sweep goes back. Older entries may be removed by their TTL, which does the sweep's work. */
const FIRST_BACK_MINUTES = 60;

export interface SweptDue {
  /** Minutes whose lists were read. */
  readonly minutes: number;
  /** Tasks that were ended, past their deadline. */
  readonly ended: number;
  /** Tasks that were handed out to nobody. */
  readonly withdrawn: number;
  readonly failed: number;
  /** Age of the first minute that was not swept completely, counted from its end; or of the first deadline for which there was no time. */
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
 * Ends tasks past their deadline.
 * - Tasks with sessions are in the lists of the task roles, with their deadlines: the oldest deadline comes first.
 * - All other tasks are in the due list: the oldest minute after the last sweep comes first.
 *
 * An entry that is done is removed, so a sweep may die anywhere, and two may run at once. A minute that was swept completely is never read again. A task with
 * sessions is also read in the minute in which it is withdrawn unless it was confirmed.
 *
 * The last minutes are read again each time. A process whose clock is behind may put a short task into a list whose minute has begun.
 */
export async function sweepDue(ports: SweepDuePorts): Promise<SweptDue> {
  const beganAt = ports.clock.nowMs() / 1_000;
  const nowMinute = Math.floor(beganAt / 60);
  const isOver = () => ports.clock.nowMs() / 1_000 - beganAt >= BUDGET_SECONDS;
  const count = Object.fromEntries(SWEPT.map((what) => [what, 0])) as Record<Swept, number>;
  const work: Work = { ports, count, isOver };

  const { held, isWhole: isListed } = await heldTasks(ports);
  if (isListed) await reportLiving(held.length, ports);
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
  // A mark in the future was written by a wrong clock. If it were believed, the sweep would stop until then.
  const isWrong = found !== undefined && found > nowMinute;
  const begin = found === undefined || isWrong ? nowMinute - FIRST_BACK_MINUTES : found;
  let sweptTo = begin;
  let minute = begin;
  while (minute < nowMinute && !isOver()) {
    minute += 1;
    const isWhole = (await sweepMinute(minute, looks.get(minute) ?? [], work)) && isListed;
    if (isWhole && sweptTo === minute - 1 && beganAt >= minute * 60 + LIVE_MARGIN_SECONDS) sweptTo = minute;
  }
  // Written once, at the end. Entries that are done are gone, and reading an empty list again costs next to nothing.
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

/** Reports how many tasks with sessions are alive. A failure is logged: the next minute reports again. */
async function reportLiving(count: number, { loads, log }: SweepDuePorts): Promise<void> {
  try {
    await loads.reportLiving(count);
  } catch (error) {
    log.write({ level: "error", event: "living_not_reported", why: reasonOf(error) });
  }
}

/** Sweeps a minute. A list that cannot be read is left for the next sweep, and does not block the others. @returns true where nothing is left to do. */
async function sweepMinute(minute: number, looks: readonly HeldTask[], work: Work): Promise<boolean> {
  const { ports, count, isOver } = work;
  const unfinished = () => count.stuck + count.open;
  const before = unfinished();
  try {
    const jobs = [
      ...(await ports.timers.due(minute)).map((timer) => () => endDue(timer, ports)),
      ...looks.map((held) => () => endHeld(held, ports)),
    ];
    const isAll = (await atOnce(AT_ONCE, jobs, (job) => counted(job(), work), isOver)).length === jobs.length;
    return isAll && unfinished() === before;
  } catch (error) {
    ports.log.write({ level: "error", event: "sweep_failed", minute, why: reasonOf(error) });
    count.stuck += 1;
    return false;
  }
}

async function counted(swept: Promise<Swept>, { count }: Work): Promise<void> {
  count[await swept] += 1;
}
