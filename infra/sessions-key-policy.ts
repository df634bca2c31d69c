import { functionRoleArn, type HubScope } from "./arns.ts";

/**
 * Policy of the key that encrypts sessions which stay in the hub. The account's IAM policies decide who administers it. Only the exchange encrypts, and only
 * `sign` decrypts, whatever these policies allow: one of them could give `kms:Decrypt` to a task in the hub's own account.
 */
export const sessionsKeyPolicy = (scope: HubScope) => [
  {
    Sid: "IamDecides",
    Effect: "Allow",
    Principal: { AWS: `arn:${scope.partition}:iam::${scope.account}:root` },
    Action: ["kms:*"],
    Resource: ["*"],
  },
  {
    Sid: "SignAloneDecrypts",
    Effect: "Deny",
    Principal: "*",
    Action: ["kms:Decrypt", "kms:ReEncryptFrom"],
    Resource: ["*"],
    Condition: { ArnNotEquals: { "aws:PrincipalArn": functionRoleArn("sign", scope) } },
  },
  {
    Sid: "ExchangeAloneEncrypts",
    Effect: "Deny",
    Principal: "*",
    Action: ["kms:GenerateDataKey*", "kms:Encrypt", "kms:ReEncryptTo"],
    Resource: ["*"],
    Condition: { ArnNotEquals: { "aws:PrincipalArn": functionRoleArn("exchange", scope) } },
  },
];
