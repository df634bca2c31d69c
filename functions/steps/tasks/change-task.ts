import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { isLive, type Task } from "../../core/tasks/task.ts";
import { type Attempt, type NextAttempt, whileContended } from "../../core/while-contended.ts";
import { type BelievedTask, believeTask } from "./believe-task.ts";

/** Bounds on one change of a task: number of attempts, and milliseconds after which no attempt is begun. */
export const PATIENCE = { attempts: 40, ms: 3_000 } as const;

/**
 * Upper bounds on the random pauses; milliseconds. The bound of the first is `first`, and doubles with each further
 * pause up to `most`.
 */
const PAUSE_MS = { first: 16, most: 256 } as const;

export type ChangeNeeds = Pick<Ports, "tasks" | "clock" | "random" | "pause">;

/**
 * Changes a live task, with retries while others change it at the same moment; each attempt gets the task as it is then.
 * @param known task as read a moment ago.
 * @param change makes one conditional write. Before the write, `change` must have no effect that would need undoing.
 * @throws {Refusal} task_ended, contended where the attempts are used up, and the errors of `change`.
 */
export function changeTask<T>(
  known: Task,
  change: (task: Task, attempt: Attempt) => Promise<T>,
  ports: ChangeNeeds,
): Promise<T> {
  return whileContended(async (attempt) => {
    const task = attempt.number === 1 ? known : await ports.tasks.read(known.path);
    if (!task || !isLive(task, ports.clock.nowMs() / 1_000)) throw new Refusal("task_ended");
    return change(task, attempt);
  }, patiently(ports));
}

/** `changeTask` for a believed task: verifies the seal again at each further read. @throws {Refusal} as `changeTask`. */
export function changeBelieved<T>(
  known: BelievedTask,
  change: (task: BelievedTask, attempt: Attempt) => Promise<T>,
  ports: ChangeNeeds & Pick<Ports, "seals" | "log">,
): Promise<T> {
  const believed = (task: Task) => (task === known ? known : believeTask(task, ports, new Refusal("task_ended")));
  return changeTask(known, async (task, attempt) => change(await believed(task), attempt), ports);
}

/** Pauses randomly between attempts, so that contending requests spread out and an ending, which never pauses, gets its turn. */
function patiently({ clock, random, pause }: Omit<ChangeNeeds, "tasks">): NextAttempt {
  const untilMs = clock.nowMs() + PATIENCE.ms;
  return async ({ number }) => {
    const mostMs = Math.min(PAUSE_MS.most, PAUSE_MS.first * 2 ** (number - 1));
    await pause(Math.floor(mostMs * fractionOf(random.bytes(2))));
    return { number: number + 1, isLast: number + 1 >= PATIENCE.attempts || clock.nowMs() >= untilMs };
  };
}

/** Converts two random bytes to a fraction, from 0 inclusive to 1 exclusive. */
const fractionOf = ([high = 0, low = 0]: Uint8Array): number => (high * 256 + low) / 65_536;
