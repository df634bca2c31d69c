import { GetScopedCredentialsCommand, STSClient } from "@aws-sdk/client-sts";
import { defined } from "../../functions/core/defined.ts";
import type { Credential } from "../task/held-task.ts";

/**
 * Narrows a credential's session by one more policy. Source: GetScopedCredentials, AWS STS API reference (regional endpoints only).
 * @param seconds lifetime: 1 or more, and at most the session's remaining life.
 * @throws the SDK's own errors, since this file is bundled separately and shares no class with the rest.
 */
export async function scopedCredentials(
  held: Credential,
  policy: string,
  seconds: number,
  region: string | undefined,
): Promise<Credential> {
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken } = held;
  const client = new STSClient({
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
    ...defined({ region }),
  });
  try {
    const { Credentials } = await client.send(
      new GetScopedCredentialsCommand({ Policy: policy, DurationSeconds: seconds }),
    );
    return {
      AccessKeyId: Credentials?.AccessKeyId ?? "",
      SecretAccessKey: Credentials?.SecretAccessKey ?? "",
      Token: Credentials?.SessionToken ?? "",
      Expiration: Credentials?.Expiration?.toISOString() ?? new Date(0).toISOString(),
    };
  } finally {
    client.destroy();
  }
}
