import { setTimeout as sleep } from "node:timers/promises";
import type { Reporter } from "./reporter.ts";
import { callService, isOutage } from "./service.ts";
import type { Task } from "./task.ts";

const TIMEOUT_MS = 5_000;
const PAUSE_MS = 500;

export interface Outcome {
  readonly outcome: "success" | "failure";
  readonly detail: string;
}

/** Ends the task, so that its credentials stop working now and not at their fence. Tried twice; a failure is said, whatever `--quiet` says. */
export async function endTask(url: string, task: Task, outcome: Outcome, report: Reporter): Promise<void> {
  const call = {
    url: `${url}/v1/tasks/${task.id}/complete`,
    method: "POST",
    timeoutMs: TIMEOUT_MS,
    bearer: task.token,
    json: outcome,
  } as const;
  let answer = await callService(call);
  if (isOutage(answer)) {
    await sleep(PAUSE_MS);
    answer = await callService(call);
  }
  const fields = { task: task.id, ...outcome };
  if (answer && answer.status < 300)
    return report.note("task_ended", `task ${task.id} ended (${outcome.outcome}: ${outcome.detail})`, fields);
  const until = new Date(task.expiresAtMs).toISOString();
  if (answer && answer.status < 500 && Date.now() >= task.expiresAtMs)
    return report.note("task_expired", `task ${task.id} had ended at its deadline, ${until}`, fields);
  const why = answer ? `the service answered ${answer.status}` : "the service cannot be reached";
  report.warn(
    "task_not_ended",
    `WARNING: task ${task.id} COULD NOT BE ENDED (${why}). Unless it was ended already, its credentials work until ${until} at the latest; ` +
      `an operator can end it now: POST ${url}/v1/tasks/${task.id}/end`,
    { ...fields, expires_at: until },
  );
}
