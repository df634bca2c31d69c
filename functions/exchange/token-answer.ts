import { TOKEN_TYPES } from "../../contract/names.ts";
import type { StartedTask } from "../../contract/token.ts";
import type { Task } from "../core/tasks/task.ts";
import { describeDetails } from "../steps/tasks/describe-details.ts";
import type { OpenedTask } from "./vend/opened-task.ts";

/** Writes the task token with the details that it is for (RFC 8693, RFC 9396). The task has its credentials, or waits for people. */
export const tokenAnswer = (
  { task, token, denials, outlives }: Pick<OpenedTask, "token" | "denials" | "outlives"> & { readonly task: Task },
  nowMs: number,
): Omit<StartedTask, "task" | "credentials" | "sub" | "act"> => ({
  access_token: token,
  issued_token_type: TOKEN_TYPES.accessToken,
  token_type: "Bearer",
  expires_in: Math.max(0, Math.floor(task.expiresAt - nowMs / 1_000)),
  authorization_details: describeDetails(task.details),
  ...(denials.length > 0 ? { denials } : {}),
  ...(outlives.length > 0 ? { outlives } : {}),
});
