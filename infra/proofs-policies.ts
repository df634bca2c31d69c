import { PROOFS } from "../functions/core/archive/archive-keys.ts";
import { archiveArn, type HubScope } from "./arns.ts";

/**
 * Policy of the key that encrypts proofs of votes. The account's IAM policies decide who administers it. Only the auditors can read proofs, whatever these
 * policies allow. No function is an auditor, and the account's root can read nothing unless it changes this policy first.
 */
export const proofsKeyPolicy = (scope: Pick<HubScope, "partition" | "account" | "auditors">) => [
  {
    Sid: "IamDecides",
    Effect: "Allow",
    Principal: { AWS: `arn:${scope.partition}:iam::${scope.account}:root` },
    Action: ["kms:*"],
    Resource: ["*"],
  },
  {
    Sid: "AuditorsAloneRead",
    Effect: "Deny",
    Principal: "*",
    Action: ["kms:Decrypt", "kms:ReEncryptFrom"],
    Resource: ["*"],
    ...(scope.auditors.length > 0 ? { Condition: { ArnNotEquals: { "aws:PrincipalArn": scope.auditors } } } : {}),
  },
];

const KMS_KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id";
const CUSTOMER_KEY = "s3:x-amz-server-side-encryption-customer-algorithm";

/**
 * Policy of the archive's bucket. A proof of a vote is put once, encrypted with the proofs' own key. No other object may have a key that is not S3's, or a class
 * from which it has to be restored. With such an object, which `archive` cannot read, an attacker in `collect` could stop the log.
 * @param keyArn ARN of the proofs' key.
 */
export const archiveBucketPolicy = (scope: HubScope, keyArn: string) => {
  const denyPut = { Effect: "Deny", Principal: "*", Action: ["s3:PutObject"] };
  const proofs = [archiveArn(scope, `${PROOFS}/*`)];
  return [
    {
      // A put without this header would replace. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
      Sid: "ProofsAreNotReplaced",
      ...denyPut,
      Resource: proofs,
      Condition: { Null: { "s3:if-none-match": "true" } },
    },
    {
      Sid: "ProofsAreEncrypted",
      ...denyPut,
      Resource: proofs,
      Condition: { StringNotEquals: { [KMS_KEY]: keyArn } },
    },
    {
      Sid: "TheRestIsReadable",
      ...denyPut,
      NotResource: proofs,
      Condition: { Null: { [KMS_KEY]: "false" } },
    },
    {
      Sid: "NobodysOwnKey",
      ...denyPut,
      Resource: [archiveArn(scope, "*")],
      Condition: { Null: { [CUSTOMER_KEY]: "false" } },
    },
    {
      Sid: "ReadableAtOnce",
      ...denyPut,
      Resource: [archiveArn(scope, "*")],
      Condition: { StringEquals: { "s3:x-amz-storage-class": ["GLACIER", "DEEP_ARCHIVE", "INTELLIGENT_TIERING"] } },
    },
  ];
};
