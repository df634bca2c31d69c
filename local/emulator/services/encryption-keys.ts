import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from "node:crypto";
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
  /** Key material, which never leaves KMS. */
  readonly material: Buffer;
}

/** Pairs that KMS binds a ciphertext to. */
export type EncryptionContext = Readonly<Record<string, string>>;

const authenticated = (context: EncryptionContext): Buffer =>
  Buffer.from(JSON.stringify(Object.entries(context).toSorted(([a], [b]) => (a < b ? -1 : 1))));

/** Encrypts a data key: 12 bytes of nonce, the ciphertext, 16 bytes of tag, behind the key's ARN and a zero byte. */
export function encryptWith({ arn, material }: EncryptionKey, plain: Buffer, context: EncryptionContext): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", material, nonce).setAAD(authenticated(context));
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.from(`${arn}\0`), nonce, text, cipher.getAuthTag()]);
}

/** Returns the ARN of the key that a ciphertext names; undefined for another text. */
export function keyArnIn(blob: Buffer): string | undefined {
  const end = blob.indexOf(0);
  return end < 0 ? undefined : blob.subarray(0, end).toString();
}

/** Decrypts a data key. @throws {ServiceError} InvalidCiphertextException for another context, or a text that was changed. */
export function decryptWith({ material }: EncryptionKey, blob: Buffer, context: EncryptionContext): Buffer {
  const sealed = blob.subarray(blob.indexOf(0) + 1);
  try {
    const decipher = createDecipheriv("aes-256-gcm", material, sealed.subarray(0, 12), { authTagLength: 16 });
    decipher.setAAD(authenticated(context)).setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
  } catch {
    throw new ServiceError("InvalidCiphertextException", "The ciphertext is not one of this key and context.", 400);
  }
}

/** Symmetric keys of all accounts. */
export class EncryptionKeys {
  readonly #keys: EncryptionKey[] = [];

  create(account: string, region: string, alias: string, policy: PolicyDocument): EncryptionKey {
    const arn = `arn:aws:kms:${region}:${account}:key/${randomUUID()}`;
    const key = { arn, account, alias, policy, isDisabled: false, material: randomBytes(32) };
    this.#keys.push(key);
    return key;
  }

  /** Finds a key by its ARN or alias. */
  named(account: string, name: string): EncryptionKey | undefined {
    return this.#keys.find((key) => key.account === account && (key.arn === name || key.alias === name));
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
