import { SecretsManagerClient, SecretsManagerServiceException } from "@aws-sdk/client-secrets-manager";
import { Refusal } from "../../core/refusal.ts";

/** @param requestMs how long one attempt may take, of two. */
export const secretsManagerClient = (requestMs = 2_000): SecretsManagerClient =>
  new SecretsManagerClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: requestMs, throwOnRequestTimeout: true },
  });

export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "unknown");

/** Errors of the client's kind that say "not now". */
const PASSING = new Set(["ThrottlingException", "LimitExceededException", "RequestLimitExceeded"]);

/** Secrets Manager's "no", or its silence. Never its message. */
export function refusalFor(error: unknown): Refusal {
  const why = nameOf(error);
  const isAnswer = error instanceof SecretsManagerServiceException && error.$fault === "client" && !PASSING.has(why);
  return isAnswer
    ? new Refusal("connector_refused", { why })
    : new Refusal("connector_unavailable", { why, retryAfterSeconds: 1 });
}
