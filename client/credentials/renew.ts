import type { ContainerCredentials } from "../../contract/credentials.ts";
import type { Unread } from "../../contract/operation.ts";
import type { CredentialsRefusal } from "../../contract/refusal-answers.ts";
import type { Task } from "../task/held-task.ts";
import { callService } from "../task/service.ts";
import { credentialOf } from "../task/task.ts";
import type { Renewal } from "./credential-cache.ts";

const TIMEOUT_MS = 10_000;
/** Default pause between renewals: the service makes one STS call per lease in ten seconds. */
const PAUSE_SECONDS = 10;
/** Upper bound on the service's `Retry-After`, since the credentials would expire meanwhile. */
const MOST_PAUSE_SECONDS = 60;

/** Final statuses: the token, the task or the policy refuses. Any other failure may pass. */
const FINAL: readonly number[] = [401, 403, 404, 410];

/**
 * Renews a credential of a live task; the service decides again each time.
 * @param renews true where the caller renews this one again by itself, so that it may be short.
 */
export async function renewCredential(url: string, task: Task, name: string, renews = false): Promise<Renewal> {
  const address = `${url}/v1/tasks/${task.id}/credentials/${name}`;
  const answer = await callService<ContainerCredentials | CredentialsRefusal>({
    url: address,
    method: "GET",
    timeoutMs: TIMEOUT_MS,
    bearer: task.token,
    renews,
  });
  if (answer === undefined) return { kind: "unreachable" };
  const credential = answer.status === 200 ? credentialOf(answer.body, answer.aheadMs) : undefined;
  if (credential) return { kind: "renewed", credential };
  if (FINAL.includes(answer.status)) return { kind: "refused", sentence: sentenceOf(answer.body, answer.status) };
  if (answer.status === 429) return { kind: "later", retryAfterSeconds: pauseOf(answer.retryAfterSeconds) };
  return { kind: "unreachable" };
}

const pauseOf = (seconds: number | undefined): number =>
  Math.min(Math.max(seconds ?? PAUSE_SECONDS, 1), MOST_PAUSE_SECONDS);

/** Returns the sentence of an error: the container protocol's `Message`, or OAuth's `error_description`. */
function sentenceOf(body: Unread<CredentialsRefusal>, status: number): string {
  const sentence = body.Message ?? body.error_description;
  return typeof sentence === "string" ? sentence : `valetkey answered ${status}.`;
}
