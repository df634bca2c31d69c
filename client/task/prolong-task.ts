import { GRANT_TYPES, TOKEN_TYPES } from "../../contract/names.ts";
import type { RefusalAnswer } from "../../contract/refusal-answers.ts";
import type { StartedTask, TokenRequest } from "../../contract/token.ts";
import { recordOf } from "./fields.ts";
import type { Task } from "./held-task.ts";
import { callService, isOutage } from "./service.ts";

const TIMEOUT_MS = 15_000;

/** Outcome of sending a person's fresh token. `later`: the service did not decide, and the same token may be sent again. */
export type Prolonged =
  | { readonly kind: "prolonged"; readonly expiresAtMs: number }
  | { readonly kind: "refused"; readonly code: string; readonly sentence: string }
  | { readonly kind: "later" };

/**
 * Sends a person's fresh token with the task's, so that the task's hour counts from it. Issues nothing.
 * @param url address of valetkey.
 */
export async function prolongTask(
  url: string,
  { token, aheadMs = 0 }: Pick<Task, "token" | "aheadMs">,
  personToken: string,
): Promise<Prolonged> {
  const form = {
    grant_type: GRANT_TYPES.exchange,
    subject_token: personToken,
    subject_token_type: TOKEN_TYPES.idToken,
    actor_token: token,
    actor_token_type: TOKEN_TYPES.task,
  } satisfies TokenRequest;
  const answer = await callService<StartedTask | RefusalAnswer>({
    url: `${url}/v1/token`,
    method: "POST",
    timeoutMs: TIMEOUT_MS,
    form,
  });
  if (answer === undefined || isOutage(answer) || answer.status === 429) return { kind: "later" };
  const until = Date.parse(String(recordOf<StartedTask["task"]>(answer.body.task).expires_at));
  if (answer.status === 200 && Number.isFinite(until)) return { kind: "prolonged", expiresAtMs: until + aheadMs };
  const { code, error_description: sentence } = answer.body;
  return {
    kind: "refused",
    code: typeof code === "string" ? code : "refused",
    sentence: typeof sentence === "string" ? sentence : `valetkey answered ${answer.status}.`,
  };
}
