import { type EnvironmentKeys, environmentKeys } from "../../functions/adapters/aws/environment-keys.ts";

/**
 * Replaces `@aws-sdk/credential-provider-node` in the deployed bundles. Lambda puts the role's credentials into the environment. The SDK's own chain would also
 * try profiles, SSO, processes, containers and instance metadata: 100 KB of code at each cold start, and ways to inject credentials.
 * @throws {Error} where the environment has no credentials.
 */
export const defaultProvider = (): (() => Promise<EnvironmentKeys>) => async () => environmentKeys();
