import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

/** Makes a client. @param requestMs time-out of each of its two attempts; milliseconds. */
export const secretsManagerClient = (requestMs = 2_000): SecretsManagerClient =>
  new SecretsManagerClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: requestMs, throwOnRequestTimeout: true },
  });
