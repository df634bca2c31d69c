import { atOnce } from "../at-once.ts";
import type { Task } from "../tasks/task.ts";
import type { Waiting } from "./ballots.ts";

/** Upper bound on the tasks that are looked up at the same time. */
const AT_ONCE = 10;

/**
 * Selects the requests of an inbox that wait: those whose task lives. An ending removes the task from that list, and
 * leaves its request's place in the inbox until the place expires: functions that end tasks may not remove places, since
 * they could then hide broken glasses. Omits uses of standing approvals, and broken glasses, which wait for no vote.
 * @param isLive true where the agent's list of live tasks contains the task.
 */
export async function livingRequests(
  listed: readonly Waiting[],
  isLive: (task: Pick<Task, "path" | "agent">) => Promise<boolean>,
): Promise<readonly Waiting[]> {
  const living = await atOnce(AT_ONCE, listed, async (each) => {
    const { agent, task, use } = each;
    // A place of an earlier release names no task. It expires within a day.
    const waits = use === undefined && (task === undefined || (await isLive({ path: task, agent })));
    return waits ? [each] : [];
  });
  return living.flat();
}
