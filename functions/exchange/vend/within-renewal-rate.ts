import { RATE_LIMITS } from "../../../contract/limits.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { Task } from "../../core/tasks/task.ts";
import { refuseKnownFlood } from "../../steps/requests/count-against-limit.ts";

/**
 * Evaluates policy for a task's renewal, unless policy has denied too many of its renewals in this minute. Counts by task and not by agent, so that one
 * task's denials do not block the agent's other tasks.
 * @param decide evaluates policy.
 * @throws {Refusal} too_many_requests, and those of policy.
 */
export async function withinRenewalRate<T>(
  { path }: Pick<Task, "path">,
  ports: Pick<Ports, "rateLimits" | "clock">,
  decide: () => Promise<T>,
): Promise<T> {
  refuseKnownFlood(path, "renewal", RATE_LIMITS.renewal, ports);
  try {
    return await decide();
  } catch (error) {
    if (error instanceof Refusal && error.code === "policy_denied")
      await ports.rateLimits.count(path, "renewal", RATE_LIMITS.renewal);
    throw error;
  }
}
