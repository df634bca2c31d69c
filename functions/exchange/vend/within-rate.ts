import { RATE_LIMITS } from "../../../contract/limits.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { attempt } from "../../steps/requests/attempt.ts";
import { countAgainstLimit } from "../../steps/requests/count-against-limit.ts";
import { isDecision } from "../../steps/requests/request-record.ts";
import type { Caller } from "../../steps/requests/verify-identity.ts";
import { withdrawTask } from "../../steps/tasks/withdraw-task.ts";
import type { CountingHooks } from "./count-grant.ts";
import type { OpenedTask } from "./opened-task.ts";
import { tasksPerMinute } from "./refuse-known.ts";

/**
 * Opens a task, unless the agent has requested more tasks in this minute than it may. The count runs beside the reads that follow the record, so that it
 * adds no latency. A request with a used token does not count: whoever has seen the token can make one. An agent that
 * exceeded its rate is refused from memory until the minute is over, before policy is evaluated (`refuseKnown`).
 * @param open opens the task, and calls its argument once the use of the token is recorded.
 * @throws {Refusal} too_many_requests, and those of the opening.
 */
export async function withinRate<T extends Pick<OpenedTask, "task" | "isNew">>(
  { agent, use, party }: Pick<Caller, "agent" | "use" | "party">,
  ports: Pick<Ports, "rateLimits" | "clock" | "tasks"> & CountingHooks,
  open: (onUse: () => void) => Promise<T>,
): Promise<T> {
  let counting: ReturnType<typeof counted> | undefined;
  const counted = () =>
    attempt(() => countAgainstLimit({ agent: agent.id, party }, "task", tasksPerMinute(agent), ports));
  const count = () => {
    counting ??= counted();
    return counting;
  };
  let opened: T;
  try {
    opened = await open(() => void count());
  } catch (error) {
    // Every failure counts. A failure with a used token counts apart, as `stale`; if it is a decision, the request's record counts it.
    const used = await attempt(() => ports.tasks.isTokenUsed(use));
    if ("refusal" in used || !used.value) await count();
    else if (!(error instanceof Refusal && isDecision(error)))
      await attempt(() => countAgainstLimit(agent.id, "stale", RATE_LIMITS.stale, ports));
    throw error;
  }
  const outcome = await count();
  if (!("refusal" in outcome)) return opened;
  if (opened.isNew) await withdrawTask(opened.task, ports);
  throw outcome.refusal;
}
