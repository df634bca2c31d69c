/** Credentials as the SDK's default provider returns them; only the fields that a function needs. */
export interface EnvironmentCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Replaces `@aws-sdk/credential-provider-node` in the deployed bundles. Lambda puts the role's credentials into the environment. The SDK's own chain
 * would also try profiles, SSO, processes, containers and instance metadata: 100 KB of code at each cold start, and ways for somebody else to
 * inject credentials.
 * @throws {Error} where the environment has no credentials.
 */
export const defaultProvider = (): (() => Promise<EnvironmentCredentials>) => async () => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    throw new Error("no credentials in the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)");
  }
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
  };
};
