import { setTimeout as sleep } from "node:timers/promises";
import { GRANT_TYPES, TOKEN_TYPES } from "../../contract/names.ts";
import type { RefusalAnswer } from "../../contract/refusal-answers.ts";
import type { StartedTask, TokenRequest } from "../../contract/token.ts";
import { ClientError } from "../exit-codes.ts";
import type { Reporter } from "../reporter.ts";
import { approvalOf, waitingFor } from "./approval.ts";
import { refusalOf } from "./exchange.ts";
import type { Approval, Task } from "./held-task.ts";
import { askInstead } from "./instead.ts";
import { type Answer, callService, isOutage } from "./service.ts";
import { taskOf } from "./task.ts";
import type { TaskOptions } from "./task-options.ts";

/** Longest wait for one answer. The poll after the last vote takes longest: the service decides again and opens the sessions. */
const TIMEOUT_MS = 15_000;
/** Step of the countdown, and the longest delay before an interruption takes effect. */
const STEP_MS = 1_000;
/** Longest pause between two messages where there is no terminal. */
const NOTE_MS = 60_000;
/** Added to the interval at each `slow_down` (RFC 8628, section 3.5). */
const SLOWER_SECONDS = 5;
/** Time past the expiry within which the service still answers that the approval has expired. */
const GRACE_MS = 30_000;

/** Clock and pauses of a wait. */
interface Pace {
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** Circumstances of a wait. */
export interface Waiting {
  readonly report: Reporter;
  /** True once the wait has become pointless. */
  readonly isInterrupted: () => boolean;
  /** Receives the approval at the beginning, and whenever votes were cast. */
  readonly onPending?: ((approval: Approval) => void) | undefined;
  readonly pace?: Pace;
}

/**
 * Waits until people have decided, and returns the task with its credentials. After an error, the caller must end the task, which withdraws the request.
 * @throws {ClientError} refused where a person denied the request; later where nobody decided in time, its effects changed, a budget is spent for longer than the approval lives, or the wait was interrupted.
 */
export async function awaitApproval(
  task: Task,
  first: Approval,
  options: Omit<TaskOptions, "identity">,
  { report, isInterrupted, onPending, pace = { nowMs: Date.now, sleep } }: Waiting,
): Promise<Task> {
  let approval = first;
  let intervalSeconds = first.intervalSeconds;
  let notedAtMs = Number.NEGATIVE_INFINITY;
  let noted = "";
  const note = () => {
    const waiting = waitingFor(approval);
    const sentence = `waiting for ${waiting}, ${clockTime(approval.expiresAtMs - pace.nowMs())} left, ${approval.url}`;
    report.progress(sentence);
    if (waiting !== noted) onPending?.(approval);
    if (waiting === noted && pace.nowMs() - notedAtMs < NOTE_MS) return;
    [noted, notedAtMs] = [waiting, pace.nowMs()];
    const { id, needed, url, expiresAtMs } = approval;
    const fields = { task: task.id, approval: id, needed, url, expires_at: new Date(expiresAtMs).toISOString() };
    report.noteUnlessTerminal("approval_pending", sentence, fields);
  };
  for (;;) {
    const pollAtMs = pace.nowMs() + intervalSeconds * 1_000;
    while (pace.nowMs() < pollAtMs) {
      if (isInterrupted())
        throw new ClientError("later", "approval_withdrawn", "interrupted: the request for approval is withdrawn");
      note();
      await pace.sleep(Math.min(STEP_MS, pollAtMs - pace.nowMs()));
    }
    const { answer, approved, isPending } = await poll(task, options);
    if (approved) {
      report.note("approved", `approved: task ${approved.id} may begin`, { task: approved.id, approval: approval.id });
      return approved;
    }
    // Waits on through an outage, which is no decision. After the expiry and the grace time no decision can follow.
    const isOver = pace.nowMs() > approval.expiresAtMs + GRACE_MS;
    if (!isPending && (!isOutage(answer) || isOver)) throw notApproved(answer, options);
    if (answer?.body.code === "budget_spent") {
      // People have approved, and the approval can be used once the budget allows it, if it lives so long.
      const spent = notApproved(answer, options);
      const freeAtMs = pace.nowMs() + (spent.retryAfterSeconds ?? 0) * 1_000;
      if (freeAtMs > approval.expiresAtMs) throw spent;
      report.note(spent.event, `approved, but not yet: ${spent.message}`, { task: task.id, approval: approval.id });
      intervalSeconds = Math.max(intervalSeconds, spent.retryAfterSeconds ?? 0);
    } else if (answer?.body.error === "slow_down") intervalSeconds += SLOWER_SECONDS;
    approval = approvalOf(answer?.body ?? {}, answer?.aheadMs) ?? approval;
  }
}

type Polled = Answer<StartedTask | RefusalAnswer> | undefined;

/** Polls once for what people have decided about the task. */
async function poll({ token }: Task, { url, renews }: Omit<TaskOptions, "identity">) {
  const form = {
    grant_type: GRANT_TYPES.exchange,
    subject_token: token,
    subject_token_type: TOKEN_TYPES.task,
    requested_token_type: TOKEN_TYPES.task,
  } satisfies TokenRequest;
  const answer: Polled = await callService({
    url: `${url}/v1/token`,
    method: "POST",
    timeoutMs: TIMEOUT_MS,
    form,
    renews,
  });
  const found = answer?.status === 200 ? taskOf(answer.body, answer.aheadMs) : undefined;
  const approved = found?.approval ? undefined : found;
  const { error } = answer?.body ?? {};
  const isPending = found?.approval !== undefined || error === "authorization_pending" || error === "slow_down";
  return { answer, approved, isPending };
}

const notApproved = (answer: Polled, options: Omit<TaskOptions, "identity">) =>
  refusalOf(answer, options.url, { instead: (denials) => askInstead(options, denials) });

/** Formats a time that is left. @example clockTime(872_000) // "14:32" */
function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  const two = (value: number) => String(value).padStart(2, "0");
  return `${hours === 0 ? "" : `${hours}:`}${hours === 0 ? minutes : two(minutes)}:${two(seconds % 60)}`;
}
