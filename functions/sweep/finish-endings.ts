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

/** Upper bound on open endings that are finished at the same time. */
const AT_ONCE = 8;
/** Time for which one sweep begins further endings; milliseconds. The next sweep continues. */
const WORKING_MS = 30_000;

/**
 * Finishes every ending that broke off, whoever began it: ends the tasks that are alive below an ended one, long before any deadline. A failure is logged as an
 * error, stays open for the next minute, and does not block the others. May run twice at once, and beside the request that began the ending.
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
