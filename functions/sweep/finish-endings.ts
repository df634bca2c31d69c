import { atOnce } from "../core/at-once.ts";
import type { Clock, Log } from "../core/ports.ts";
import { reasonOf } from "../core/refusal.ts";
import type { OpenEnding } from "../core/tasks/task.ts";
import type { Tasks } from "../core/tasks/tasks.ts";
import { endBelow } from "../steps/tasks/end-task.ts";

export interface FinishEndingsPorts {
  readonly tasks: Tasks;
  readonly clock: Clock;
  readonly log: Log;
}

/** Upper bound on open endings that are worked on at a time. */
const AT_ONCE = 8;
/** Time for which one sweep takes up further ones; milliseconds. The next sweep goes on. */
const WORKING_MS = 30_000;

/**
 * Finishes every ending that broke off, whoever began it and long before any deadline: ends what is still alive below a task that has ended.
 * One that cannot be finished is loud, stays open for the next minute, and does not block the others. Two at once, or one beside the request
 * that is still at it, do no harm.
 */
export async function finishEndings(ports: FinishEndingsPorts): Promise<void> {
  const untilMs = ports.clock.nowMs() + WORKING_MS;
  const open = await ports.tasks.openEndings();
  if (open.length === 0) return;
  const sum = { ended: 0, failed: 0 };
  const finish = async (ending: OpenEnding): Promise<void> => {
    try {
      const ended = await endBelow({ ...ending, hasDelegated: true }, ports);
      sum.ended += ended.length;
    } catch (error) {
      sum.failed += 1;
      ports.log.write({ level: "error", event: "ending_unfinished", task: ending.path, why: reasonOf(error) });
    }
  };
  await atOnce(AT_ONCE, open, finish, () => ports.clock.nowMs() >= untilMs);
  ports.log.write({
    level: sum.failed > 0 ? "error" : "info",
    event: "endings_swept",
    open: open.length,
    ended: sum.ended,
    failed: sum.failed,
  });
}
