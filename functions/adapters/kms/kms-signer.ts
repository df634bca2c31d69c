import { createPublicKey } from "node:crypto";
import { GetPublicKeyCommand, KMSClient, SignCommand } from "@aws-sdk/client-kms";
import type { CheckpointSigner } from "../../core/archive/archive-store.ts";

/** Time-outs of one call; milliseconds. */
const HTTP = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true } as const;

/** Signer with an Ed25519 key that never leaves KMS. https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html */
export class KmsSigner implements CheckpointSigner {
  readonly #kms = new KMSClient({ maxAttempts: 3, requestHandler: HTTP });
  readonly #keyId: string;
  #publicKey: Promise<Buffer> | undefined;

  /** @param keyId id, ARN, or alias of a key of the spec ECC_NIST_EDWARDS25519. */
  constructor(keyId: string) {
    this.#keyId = keyId;
  }

  publicKey(): Promise<Buffer> {
    this.#publicKey ??= this.#readKey().catch((error: unknown) => {
      this.#publicKey = undefined;
      throw error;
    });
    return this.#publicKey;
  }

  async sign(text: string): Promise<Buffer> {
    const { Signature: signature } = await this.#kms.send(
      new SignCommand({
        KeyId: this.#keyId,
        Message: Buffer.from(text),
        MessageType: "RAW",
        SigningAlgorithm: "ED25519_SHA_512",
      }),
    );
    if (!signature) throw new Error("KMS answered without a signature");
    return Buffer.from(signature);
  }

  async #readKey(): Promise<Buffer> {
    const { PublicKey: der } = await this.#kms.send(new GetPublicKeyCommand({ KeyId: this.#keyId }));
    const { crv, x } = createPublicKey({ key: Buffer.from(der ?? []), format: "der", type: "spki" }).export({
      format: "jwk",
    });
    if (crv !== "Ed25519" || x === undefined) throw new Error("the key that signs the archive is no Ed25519 key");
    return Buffer.from(x, "base64url");
  }
}
