import { nextEvent } from "../../core/journal/event.ts";
import type { Ports } from "../../core/ports.ts";
import type { Task } from "../../core/tasks/task.ts";
import { attempt } from "../requests/attempt.ts";
import { type ChangeNeeds, changeTask } from "./change-task.ts";

/**
 * Revokes a delegation token. A task that was opened with the token continues, since it has a token of its own. Has no
 * effect where the task has ended, since its delegations ended with it. Has no effect either where the task has no such
 * delegation. Somebody may have taken it out of the task's record, so the list of tokens that live is read too.
 * @param task task as read a moment ago.
 * @param by who revokes the token, where that is not the task's agent.
 * @throws {Refusal} contended, store_unavailable.
 */
export async function revokeDelegation(
  task: Task,
  hash: string,
  by: string | undefined,
  ports: ChangeNeeds & Pick<Ports, "tasks">,
): Promise<void> {
  const outcome = await attempt(() =>
    changeTask(
      task,
      async (current) => {
        const to = await agentOf(current, hash, ports);
        if (to === undefined) return;
        const facts = { agent: current.agent, to, by };
        const event = nextEvent(current.chain, current.path, "delegation.revoked", ports.clock.nowMs(), facts);
        await ports.tasks.removeDelegation(current, hash, event);
      },
      ports,
    ),
  );
  if ("refusal" in outcome && outcome.refusal.code !== "task_ended") throw outcome.refusal;
}

/** Names the agent that a delegation is for; undefined for a token that was revoked or never issued. */
export async function agentOf(
  { path, delegations }: Pick<Task, "path" | "delegations">,
  hash: string,
  { tasks }: Pick<Ports, "tasks">,
): Promise<string | undefined> {
  const found = await tasks.findToken(path, hash);
  if (found && "agent" in found) return found.agent;
  return delegations.find((delegation) => delegation.hash === hash)?.agent;
}
