import { POLL_SECONDS } from "../../../contract/limits.ts";
import type { WaitingTask as WaitingAnswer } from "../../../contract/token.ts";
import type { Deployment } from "../../core/deployment/deployment.ts";
import { isoSeconds } from "../../core/text/iso-seconds.ts";
import { answer } from "../../http/answer.ts";
import type { HttpAnswer } from "../../http/event.ts";
import { tokenAnswer } from "../respond.ts";
import { describeApproval } from "./describe-approval.ts";
import type { WaitingTask } from "./waiting-task.ts";

/** Writes the answer for a waiting task: no credentials, and the interval of polls (RFC 8628, section 3.2). */
export function respondWaiting(
  waiting: WaitingTask,
  deployment: Pick<Deployment, "url" | "console">,
  nowMs: number,
): HttpAnswer {
  const { task, record, hash, filled } = waiting;
  return answer(200, {
    ...tokenAnswer(waiting, nowMs),
    task: {
      id: task.path,
      status: "pending_approval",
      expires_at: isoSeconds(task.expiresAt),
      approval: describeApproval(record, hash, filled, deployment),
    },
    credentials: [],
    interval: POLL_SECONDS,
  } satisfies WaitingAnswer);
}
