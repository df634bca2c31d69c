import { GetScopedCredentialsCommand, STSClient } from "@aws-sdk/client-sts";
import type { Credential } from "../task/task.ts";

/**
 * The credential's own session with one policy more to pass. Source: STS API, GetScopedCredentials (regional endpoints only).
 * @param seconds 1 or more, and no more than the session has left.
 * @throws the SDK's own errors: this file is loaded apart from the rest, and shares no class with it.
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
    ...(region === undefined ? {} : { region }),
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
