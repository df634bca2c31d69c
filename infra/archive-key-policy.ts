import { functionRoleArn, type HubScope } from "./arns.ts";

/**
 * Policy of the key that signs the archive: the account's IAM policies decide who administers it, and whatever they say, the archive's function alone
 * signs. A task in the hub's own account could be given `kms:Sign` by a policy; the Deny is above that.
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
