/** Lifetime of the token: STS's minimum of 60 seconds, since the token is used once, at once. */
const SECONDS = 60;

/**
 * Fetches AWS's own token for the role of this process. With it, Lambda, ECS, EC2 and EKS need no other identity provider. Uses the SDK, which finds
 * a workload's credentials on each of these platforms.
 * Source: GetWebIdentityToken, AWS STS API reference (regional endpoints only; `iam:EnableOutboundWebIdentityFederation` once for each account).
 * @throws the SDK's own errors, since this file is bundled separately and shares no class with the rest.
 */
export async function awsWebIdentity(audience: string): Promise<string> {
  const { GetWebIdentityTokenCommand, STSClient } = await import("@aws-sdk/client-sts");
  const client = new STSClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });
  try {
    const answer = await client.send(
      new GetWebIdentityTokenCommand({ Audience: [audience], SigningAlgorithm: "ES384", DurationSeconds: SECONDS }),
    );
    return answer.WebIdentityToken ?? "";
  } finally {
    client.destroy();
  }
}
