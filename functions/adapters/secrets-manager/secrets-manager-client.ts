import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

/** Makes a client of the SDK, for operations that write or list. */
export const secretsManagerClient = (): SecretsManagerClient =>
  new SecretsManagerClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });
