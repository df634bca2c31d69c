import { setTimeout as sleep } from "node:timers/promises";
import { defined } from "../../functions/core/defined.ts";
import type { Reporter } from "../reporter.ts";
import type { Task } from "./held-task.ts";
import { type Answer, callService } from "./service.ts";
import { endedInWords, endIn } from "./task-watch.ts";

/** Longest time for all attempts, long enough for a restart or a change of network. */
const PATIENCE_MS = 10_000;
/** Longest wait for one answer. */
const TIMEOUT_MS = 5_000;
/** Pauses before the second attempt, the third, and each further one. */
const PAUSES_MS = [500, 1_000, 2_000];

export interface Outcome {
  readonly outcome: "success" | "failure";
  readonly detail: string;
}

/** Clock and pauses of an ending. */
interface Pace {
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/**
 * Ends the task, so that its credentials stop working now and not at their fence. Tries for ten seconds at most; reports a failure even with
 * `--quiet`.
 * @returns true where somebody else ended the task before, and not its deadline.
 */
export async function endTask(
  url: string,
  task: Task,
  outcome: Outcome,
  report: Reporter,
  pace: Pace = { nowMs: Date.now, sleep },
): Promise<boolean> {
  const answer = await untilAnswered(url, task, outcome, pace);
  const fields = { task: task.id, ...outcome };
  if (answer && answer.status < 300) return reportEnded(answer, task, outcome, report);
  const until = new Date(task.expiresAtMs).toISOString();
  if (answer && answer.status < 500 && pace.nowMs() >= task.expiresAtMs) {
    report.note("task_expired", `task ${task.id} had ended at its deadline, ${until}`, fields);
    return false;
  }
  const why = answer ? `the service answered ${answer.status}` : "the service cannot be reached";
  report.warn(
    "task_not_ended",
    `WARNING: task ${task.id} COULD NOT BE ENDED (${why}). Unless it was ended already, its credentials work until ${until} at the latest; ` +
      `an operator can end it now: POST ${url}/v1/tasks/${task.id}/end`,
    { ...fields, expires_at: until },
  );
  return false;
}

/** Repeats the call until an answer is final or the time is over, and returns the last answer. */
async function untilAnswered(url: string, task: Task, outcome: Outcome, pace: Pace): Promise<Answer | undefined> {
  const endMs = pace.nowMs() + PATIENCE_MS;
  for (let attempt = 0; ; attempt += 1) {
    const answer = await callService({
      url: `${url}/v1/tasks/${task.id}/complete`,
      method: "POST",
      timeoutMs: Math.min(TIMEOUT_MS, endMs - pace.nowMs()),
      bearer: task.token,
      json: outcome,
    });
    const pauseMs = PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)] ?? 0;
    const isOpen = answer === undefined || answer.status >= 500 || answer.status === 429;
    if (!isOpen || pace.nowMs() + pauseMs >= endMs) return answer;
    await pace.sleep(pauseMs);
  }
}

/** Reports the end of the task. The service's status wins over the command's result: a revoked task did not succeed, even if its command did. */
function reportEnded({ body }: Answer, task: Task, outcome: Outcome, report: Reporter): boolean {
  const fields = { task: task.id, ...outcome };
  const ended = endIn({ status: "completed", ...body });
  const { status, at } = ended;
  switch (status) {
    case "completed":
      report.note("task_ended", `task ${task.id} ended (${outcome.outcome}: ${outcome.detail})`, fields);
      return false;
    case "expired":
      report.note("task_expired", `task ${task.id} had ended at its deadline${at === undefined ? "" : ` at ${at}`}`, {
        ...fields,
        status,
      });
      return false;
    default:
      report.warn(
        "task_ended_before",
        `${endedInWords(task.id, ended)}, before its command ended (${outcome.detail})`,
        { ...fields, status, ...defined({ by: ended.by }) },
      );
      return true;
  }
}
