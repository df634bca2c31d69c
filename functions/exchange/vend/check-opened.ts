import { TREE_LIMITS } from "../../../contract/limits.ts";
import { partyOf, shareOf } from "../../core/delegation/party.ts";
import type { LivingTask } from "../../core/identity/agents.ts";
import { Refusal } from "../../core/refusal.ts";
import { parentOf, type TaskPath } from "../../core/task-path.ts";
import { isLive } from "../../core/tasks/task.ts";
import type { BelievedTask } from "../../steps/tasks/believe-task.ts";
import type { Grants, UnapprovedGrants } from "../../steps/tasks/grants.ts";
import { grantsNow } from "../../steps/tasks/grants-now.ts";
import { readLineage } from "../../steps/tasks/read-lineage.ts";
import { refuseCooling } from "../../steps/tasks/refuse-cooling.ts";
import { refuseHaltedAccounts } from "../../steps/tasks/refuse-halted.ts";
import { withdrawTask } from "../../steps/tasks/withdraw-task.ts";
import type { OpenNeeds } from "./opened-task.ts";
import { refuseHeld, type Taking } from "./take-labels.ts";
import { type Limit, takePlace } from "./take-place.ts";

/**
 * Makes the strong reads that must follow the record of a task. Withdraws the task where a read refuses it or fails.
 * @param taking what the task's keys hold, and what must be free.
 * @returns the grants, as `grantsNow` does.
 */
export async function checkOpened<G extends Grants | UnapprovedGrants>(
  task: BelievedTask,
  grants: G,
  ports: OpenNeeds,
  taking: Taking = { holds: [], others: [] },
): Promise<G> {
  try {
    const current = await readAfterwards(task, grants, taking, ports);
    // Records once a day that the agent is in use, while STS still works on its answer.
    const today = new Date(ports.clock.nowMs()).toISOString().slice(0, 10);
    if (!ports.agents.isUsedOn(task.agent, today)) await ports.agents.markUsed(task.agent, today);
    return current;
  } catch (error) {
    await withdrawTask(task, ports);
    throw error;
  }
}

/**
 * Refuses a task that should not live, by reads after its write. Notices an ending or a suspension that missed the new record, of the task or of any task
 * above it (I5). Notices a change of an agent, too (I1).
 */
async function readAfterwards<G extends Grants | UnapprovedGrants>(
  task: BelievedTask,
  grants: G,
  taking: Taking,
  ports: OpenNeeds,
): Promise<G> {
  const parent = parentOf(task.path);
  const [own, { agent }, live, below, current] = await Promise.all([
    ports.tasks.read(task.path),
    readLineage(task, ports, grants.agents),
    ports.agents.living(task.agent),
    parent ? ports.tasks.below(parent) : [],
    grantsNow(grants, ports),
    refuseHaltedAccounts(task.leases, ports),
    refuseCooling(task.agent, ports),
    refuseHeld(taking, ports),
  ]);
  if (!own || !isLive(own, ports.clock.nowMs() / 1_000)) throw new Refusal("task_ended");
  const { liveTasks } = agent.limits;
  const places = (most: number, counts: (each: LivingTask) => boolean): readonly [Limit, readonly TaskPath[]] => {
    const counted = (living: readonly LivingTask[]) => living.filter(counts).map(({ path }) => path);
    const list = async () => counted(await ports.agents.living(task.agent));
    return [{ most, code: "too_many_tasks", list }, counted(live)];
  };
  // One party's share comes first, so that tasks beyond it take no place from the others.
  const party = partyOf(task);
  if (party !== undefined) await takePlace(task, ...places(shareOf(liveTasks), (each) => each.party === party), ports);
  await takePlace(task, ...places(liveTasks, () => true), ports);
  if (!parent) return current;
  const isSibling = (path: TaskPath) => parentOf(path) === parent;
  const siblings: Limit = {
    most: TREE_LIMITS.children,
    code: "too_many_children",
    list: async () => (await ports.tasks.below(parent)).filter(isSibling),
  };
  await takePlace(task, siblings, below.filter(isSibling), ports);
  return current;
}
