import { PACES } from "../../core/pace.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { Task } from "../../core/tasks/task.ts";
import { refuseKnownFlood } from "../../steps/requests/keep-pace.ts";

/**
 * Asks policy about a task's renewal, unless policy has said no to so many of this minute already. Counted for the task, not its agent: what one task
 * asks in vain does not keep the others from theirs.
 * @param decide asks policy.
 * @throws {Refusal} too_many_requests, and those of policy.
 */
export async function atRenewalPace<T>(
  { path }: Pick<Task, "path">,
  ports: Pick<Ports, "paces" | "clock">,
  decide: () => Promise<T>,
): Promise<T> {
  refuseKnownFlood(path, "renewal", PACES.renewal, ports);
  try {
    return await decide();
  } catch (error) {
    if (error instanceof Refusal && error.code === "policy_denied")
      await ports.paces.count(path, "renewal", PACES.renewal);
    throw error;
  }
}
