/** What the SDK calls for credentials when it is given none; only the part of its contract that a function needs. */
export interface EnvironmentCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Stands in for `@aws-sdk/credential-provider-node` in the deployed bundles. Lambda puts the role's credentials into the
 * environment; the SDK's own chain would also look for profiles, SSO, processes, containers and instance metadata, which
 * is 100 KB of code, read at each cold start, and ways to be handed a credential of somebody else's choosing.
 * @throws {Error} where the environment has none: it does not look further.
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
