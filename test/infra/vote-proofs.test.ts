import { describe, expect, it } from "vitest";
import { archiveFaults } from "../../infra/config/archive-schema.ts";
import { CONFIG, deployedStacks, resourcesOf, resourceWhere } from "./deployed-stacks.ts";

const AUDITOR = "arn:aws:iam::999900001111:role/auditors/reader";
const PROOFS = "arn:aws:s3:::valetkey-archive-999900001111-eu-central-1/proofs/*";

const keyOf = (config: typeof CONFIG) => {
  const { hub } = deployedStacks(config);
  const [key, more] = resourcesOf(hub, "AWS::KMS::Key").filter(({ Description }) =>
    String(Description).includes("encrypts the tokens"),
  );
  expect(more).toBeUndefined();
  return key as { KeyPolicy: { Statement: Record<string, unknown>[] } };
};

describe("the key of proofs of votes", () => {
  const read = { Sid: "AuditorsAloneRead", Effect: "Deny", Principal: "*", Resource: "*" };
  const Action = ["kms:Decrypt", "kms:ReEncryptFrom"];

  it("decrypts for nobody, whatever IAM allows, until auditors are named", () => {
    expect(keyOf(CONFIG)).toMatchObject({ EnableKeyRotation: true });
    expect(keyOf(CONFIG).KeyPolicy.Statement.slice(1)).toEqual([{ ...read, Action }]);
  });

  it("decrypts for the named roles alone", () => {
    const { KeyPolicy } = keyOf({ ...CONFIG, archive: { auditors: [AUDITOR] } });
    const Condition = { ArnNotEquals: { "aws:PrincipalArn": [AUDITOR] } };
    expect(KeyPolicy.Statement.slice(1)).toEqual([{ ...read, Action, Condition }]);
  });

  it.each([["a role of another account", "arn:aws:iam::444455556666:role/auditor"]])(
    "is for no auditor who is %s",
    (_, role) => {
      expect(archiveFaults({ hub: CONFIG.hub, archive: { auditors: [role] } })).toEqual([
        `archive.auditors: ${role} is not in the hub's account, whose key it would use`,
      ]);
    },
  );
});

describe("the folder of proofs of votes", () => {
  const { hub } = deployedStacks(CONFIG);

  it("takes an object once, and encrypted by the proofs' key alone", () => {
    const policies = resourcesOf(hub, "AWS::S3::BucketPolicy").map(
      ({ PolicyDocument }) => (PolicyDocument as { Statement: { Sid?: string }[] }).Statement,
    );
    const put = { Effect: "Deny", Principal: "*", Action: "s3:PutObject", Resource: PROOFS };
    const keyArn = { "Fn::GetAtt": [expect.stringMatching(/ProofsKey/), "Arn"] };
    expect(policies.flat().filter(({ Sid }) => Sid?.startsWith("Proofs"))).toEqual([
      { Sid: "ProofsAreNotReplaced", ...put, Condition: { Null: { "s3:if-none-match": "true" } } },
      {
        Sid: "ProofsAreEncrypted",
        ...put,
        Condition: { StringNotEquals: { "s3:x-amz-server-side-encryption-aws-kms-key-id": keyArn } },
      },
    ]);
    expect(policies.flat().filter(({ Sid }) => Sid === "TheRestIsReadable" || Sid === "NobodysOwnKey")).toHaveLength(2);
    expect(policies.flat().filter(({ Sid }) => Sid === "ReadableAtOnce")).toEqual([
      {
        ...put,
        Sid: "ReadableAtOnce",
        Resource: PROOFS.replace("proofs/", ""),
        Condition: { StringEquals: { "s3:x-amz-storage-class": ["GLACIER", "DEEP_ARCHIVE", "INTELLIGENT_TIERING"] } },
      },
    ]);
  });

  it.each([
    [CONFIG, 400],
    [{ ...CONFIG, archive: { proofDays: 120 } }, 120],
  ])("loses what is deleted within a day, and everything after so many days", (config, days) => {
    const bucket = resourceWhere(
      deployedStacks(config).hub,
      "AWS::S3::Bucket",
      "BucketName",
      "valetkey-archive-999900001111-eu-central-1",
    );
    const { Rules } = bucket.LifecycleConfiguration as { Rules: object[] };
    expect(Rules).toContainEqual({
      Prefix: "proofs/",
      Status: "Enabled",
      ExpirationInDays: days,
      NoncurrentVersionExpiration: { NoncurrentDays: 1 },
    });
    // A lock by default would retain data that a person may have erased.
    expect(bucket).not.toHaveProperty("ObjectLockConfiguration");
  });
});
