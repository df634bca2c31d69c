import { randomUUID } from "node:crypto";
import type { Need } from "../need.ts";
import type { PolicyDocument } from "../policy-document.ts";
import type { Caller } from "../service.ts";
import { ServiceError } from "../service-error.ts";

/** Symmetric key of KMS, by which S3 encrypts objects for callers that may use the key. */
export interface EncryptionKey {
  readonly arn: string;
  readonly account: string;
  /** `alias/name` */
  readonly alias: string;
  readonly policy: PolicyDocument;
  /** True where the key is disabled or scheduled for deletion: nobody can read the objects that it encrypts. */
  isDisabled: boolean;
}

/** Symmetric keys of all accounts. */
export class EncryptionKeys {
  readonly #keys: EncryptionKey[] = [];

  create(account: string, region: string, alias: string, policy: PolicyDocument): EncryptionKey {
    const arn = `arn:aws:kms:${region}:${account}:key/${randomUUID()}`;
    const key = { arn, account, alias, policy, isDisabled: false };
    this.#keys.push(key);
    return key;
  }

  /** @throws {ServiceError} where the key does not exist. */
  find(arn: string): EncryptionKey {
    const key = this.#keys.find((each) => each.arn === arn);
    if (!key) throw new ServiceError("KMS.NotFoundException", `Key ${arn} does not exist`, 400);
    return key;
  }
}

/**
 * Right to a key that S3 requires of its caller.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */
export const keyNeed = (
  key: EncryptionKey,
  operation: "GenerateDataKey" | "Decrypt",
  { region }: Pick<Caller, "region">,
): Need => ({
  action: `kms:${operation}`,
  resource: key.arn,
  resourceAccount: key.account,
  resourcePolicy: key.policy,
  context: {
    "kms:ResourceAliases": [key.alias],
    "kms:ViaService": `s3.${region}.amazonaws.com`,
  },
});

/** @throws {ServiceError} the error of S3, where the key is disabled. */
export function refuseDisabled({ arn, isDisabled }: EncryptionKey): void {
  if (isDisabled) throw new ServiceError("KMS.DisabledException", `${arn} is disabled.`, 400);
}
