import type { AssumeRoleCommandInput, AssumeRoleCommandOutput } from "@aws-sdk/client-sts";

/** Call of STS's AssumeRole, by the SDK or by the small client. @throws {Error} named by STS's code; its `$fault` is `client` where STS refuses. */
export type AssumeRole = (
  input: AssumeRoleCommandInput,
) => Promise<Pick<AssumeRoleCommandOutput, "Credentials" | "SessionTokenUtilization" | "PackedPolicySize">>;
