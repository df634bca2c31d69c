import { functionRoleArn, type HubScope } from "./arns.ts";

/**
 * Policy of the key that signs the archive. The account's IAM policies decide who administers it. Only the archive's function signs, whatever these policies
 * allow. One of them could give `kms:Sign` to a task in the hub's own account, and the Deny overrides that.
 */
export const archiveKeyPolicy = (scope: HubScope) => [
  {
    Sid: "IamDecides",
    Effect: "Allow",
    Principal: { AWS: `arn:${scope.partition}:iam::${scope.account}:root` },
    Action: ["kms:*"],
    Resource: ["*"],
  },
  {
    Sid: "ArchiveAloneSigns",
    Effect: "Deny",
    Principal: "*",
    Action: ["kms:Sign"],
    Resource: ["*"],
    Condition: { ArnNotEquals: { "aws:PrincipalArn": functionRoleArn("archive", scope) } },
  },
];
