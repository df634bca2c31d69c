import type { AgentId } from "../../contract/agent-id.ts";
import { atOnce } from "../core/at-once.ts";
import type { AgentSummary } from "../core/identity/agent.ts";
import type { Ports } from "../core/ports.ts";
import type { TaskPath } from "../core/task-path.ts";
import { endTask } from "../steps/tasks/end-task.ts";

/** Agents whose tasks are ended at the same time. */
const AT_ONCE = 16;

type Needs = Pick<Ports, "agents" | "tasks" | "clock">;

export interface Everything {
  /** Ends tasks that were opened before this time; epoch seconds, `Infinity` for all. */
  readonly openedBefore: number;
  /** Epoch milliseconds after which no further task is begun. */
  readonly untilMs: number;
  readonly by: string;
}

/**
 * Ends, as `revoked`, every live task that was opened before a moment: of all agents, page by page. Ended tasks are in no list, so a repeat continues with the
 * tasks that are left. A task that cannot be ended does not block the others.
 * @returns the numbers of tasks that were ended and that could not be, and whether every list was read.
 * @throws {Refusal} store_unavailable where the lists themselves cannot be read.
 */
export async function endEverything(
  everything: Everything,
  ports: Needs,
): Promise<{ readonly ended: number; readonly failed: number; readonly isThrough: boolean }> {
  const sum = { ended: 0, failed: 0 };
  const isInTime = (): boolean => ports.clock.nowMs() < everything.untilMs;
  let after: AgentId | undefined;
  do {
    const { agents, next } = await ports.agents.list(after);
    const endAgent = async ({ id }: AgentSummary): Promise<void> => {
      for (const path of await ports.agents.liveTasks(id))
        if (isInTime()) await endCounted(path, everything, sum, ports);
    };
    await atOnce(AT_ONCE, agents, endAgent, () => !isInTime());
    after = next;
  } while (after !== undefined && isInTime());
  return { ...sum, isThrough: isInTime() };
}

async function endCounted(
  path: TaskPath,
  { openedBefore, by }: Everything,
  sum: { ended: number; failed: number },
  ports: Needs,
): Promise<void> {
  try {
    const task = await ports.tasks.read(path);
    if (!task || task.openedAt >= openedBefore) return;
    await endTask(path, { status: "revoked" }, by, ports);
    sum.ended += 1;
  } catch {
    // A failed task stays in its agent's list. The next minute retries it, and the count of failures rings an alarm.
    sum.failed += 1;
  }
}
