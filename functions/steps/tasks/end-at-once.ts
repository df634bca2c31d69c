import { runAtOnce } from "../../core/at-once.ts";
import type { Ports } from "../../core/ports.ts";
import type { TaskPath } from "../../core/task-path.ts";

/**
 * Upper bound on simultaneous endings: enough to end a thousand tasks in some seconds, and few enough for one table.
 */
const AT_ONCE = 24;

/** Tasks that were ended, and number of endings that were not begun in time. */
export interface EndedTasks {
  readonly ended: readonly TaskPath[];
  readonly left: number;
}

/**
 * Ends tasks side by side. One that cannot be ended does not block the others.
 * @param endings each ends one task, with what is below it, and returns the tasks that it has ended.
 * @param untilMs epoch milliseconds after which no further ending is begun; a repeat continues from there.
 * @throws {Refusal} the first refusal of an ending, once all others were tried.
 */
export async function endAtOnce(
  endings: readonly (() => Promise<readonly TaskPath[]>)[],
  untilMs: number,
  { clock }: Pick<Ports, "clock">,
): Promise<EndedTasks> {
  const isOver = (): boolean => clock.nowMs() >= untilMs;
  const { results, failures, left } = await runAtOnce(AT_ONCE, endings, (end) => end(), isOver);
  if (failures.length > 0) throw failures[0];
  return { ended: results.flat(), left };
}
