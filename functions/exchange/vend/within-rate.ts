import type { KnownAgent } from "../../core/identity/agent.ts";
import type { Ports } from "../../core/ports.ts";
import { countAgainstLimit } from "../../steps/requests/count-against-limit.ts";
import { withdrawTask } from "../../steps/tasks/withdraw-task.ts";
import type { OpenedTask } from "./opened-task.ts";
import { tasksPerMinute } from "./refuse-known.ts";

/**
 * Opens a task unless the agent has requested more tasks in this minute than it may. Counts while opening, so that the count adds no latency. An agent
 * that exceeded its rate is refused from memory, before policy is evaluated (`refuseKnown`), until the minute is over.
 * @throws {Refusal} too_many_requests, and those of the opening.
 */
export async function withinRate<T extends Pick<OpenedTask, "task" | "isNew">>(
  agent: KnownAgent,
  ports: Pick<Ports, "rateLimits" | "clock" | "tasks">,
  open: () => Promise<T>,
): Promise<T> {
  const counting = countAgainstLimit(agent.id, "task", tasksPerMinute(agent), ports);
  const [paced, opened] = await Promise.allSettled([counting, open()]);
  if (opened.status === "rejected") throw opened.reason;
  if (paced.status === "fulfilled") return opened.value;
  if (opened.value.isNew) await withdrawTask(opened.value.task, ports);
  throw paced.reason;
}
