import { SecretsManagerClient, SecretsManagerServiceException } from "@aws-sdk/client-secrets-manager";
import { Refusal } from "../../core/refusal.ts";

/** Makes a client. @param requestMs time-out of each of its two attempts; milliseconds. */
export const secretsManagerClient = (requestMs = 2_000): SecretsManagerClient =>
  new SecretsManagerClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: requestMs, throwOnRequestTimeout: true },
  });

export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "unknown");

/** Names of throttling errors, which the SDK counts as the client's fault. */
const PASSING = new Set(["ThrottlingException", "LimitExceededException", "RequestLimitExceeded"]);

/** Translates an error of Secrets Manager into a refusal or an outage. Never copies its message. */
export function refusalFor(error: unknown): Refusal {
  const why = nameOf(error);
  const isAnswer = error instanceof SecretsManagerServiceException && error.$fault === "client" && !PASSING.has(why);
  return isAnswer
    ? new Refusal("connector_refused", { why })
    : new Refusal("connector_unavailable", { why, retryAfterSeconds: 1 });
}
