import type { Deployment } from "../../core/deployment/deployment.ts";
import { isoSeconds } from "../../core/policy/compile.ts";
import { answer } from "../../http/answer.ts";
import type { HttpAnswer } from "../../http/event.ts";
import { TOKEN_TYPES } from "../../names.ts";
import { describeDetails } from "../../steps/tasks/describe-details.ts";
import { describeApproval, POLL_SECONDS } from "./describe-approval.ts";
import type { WaitingTask } from "./waiting-task.ts";

/** Writes the answer for a task that waits for people: as for any task, without credentials, and with how often to ask (RFC 8628, section 3.2). */
export function respondWaiting(
  { task, token, record, hash, filled, denials, outlives }: WaitingTask,
  deployment: Pick<Deployment, "url" | "console">,
  nowMs: number,
): HttpAnswer {
  return answer(200, {
    access_token: token,
    issued_token_type: TOKEN_TYPES.accessToken,
    token_type: "Bearer",
    expires_in: Math.max(0, Math.floor(task.expiresAt - nowMs / 1_000)),
    authorization_details: describeDetails(task.details),
    ...(denials.length > 0 ? { denials } : {}),
    ...(outlives.length > 0 ? { outlives } : {}),
    task: {
      id: task.path,
      status: "pending_approval",
      expires_at: isoSeconds(task.expiresAt),
      approval: describeApproval(record, hash, filled, deployment),
    },
    credentials: [],
    interval: POLL_SECONDS,
  });
}
