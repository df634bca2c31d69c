/** STS issues nothing shorter than 60 s; the token is used once, at once. */
const SECONDS = 60;

/**
 * A token of AWS itself for the role that this program runs as: Lambda, ECS, EC2 and EKS need no other identity provider.
 * The SDK is loaded here and nowhere else, since it knows all the places where AWS keeps a workload's credentials.
 * Source: STS API, GetWebIdentityToken (regional endpoints only; `iam:EnableOutboundWebIdentityFederation` once for each account).
 * @throws the SDK's own errors: this file is loaded apart from the rest, and shares no class with it.
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
