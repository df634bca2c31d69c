import { createCipheriv, createDecipheriv } from "node:crypto";

/** A data key and the name of its version, which stands in what was sealed with it. */
export interface SealingKey {
  /** Without a dot. */
  readonly id: string;
  /** 32 bytes */
  readonly bytes: Uint8Array;
}

/**
 * `v1.<key id>.<nonce>.<ciphertext and tag>`: AES-256-GCM (NIST SP 800-38D), the context as additional data.
 * @param nonce 12 random bytes, never used twice with one key.
 */
export function seal(plain: string, context: string, key: SealingKey, nonce: Uint8Array): string {
  if (nonce.length !== 12 || key.id.includes("."))
    throw new RangeError("a seal takes 12 bytes and a key id without a dot");
  const cipher = createCipheriv("aes-256-gcm", key.bytes, nonce);
  cipher.setAAD(Buffer.from(context));
  const text = Buffer.concat([cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return ["v1", key.id, Buffer.from(nonce).toString("base64url"), text.toString("base64url")].join(".");
}

/** Which key a sealed text needs, or nothing where it is none. */
export function keyIdOf(sealed: string): string | undefined {
  const [version, id, nonce, text, ...more] = sealed.split(".");
  return version === "v1" && id && nonce && text && more.length === 0 ? id : undefined;
}

/** @throws {RangeError} where it was changed, or sealed with another key or for another context. */
export function unseal(sealed: string, context: string, key: SealingKey): string {
  const [, , nonce = "", text = ""] = sealed.split(".");
  const bytes = Buffer.from(text, "base64url");
  try {
    // A shorter tag would be easier to guess: Node takes one unless told its length.
    const decipher = createDecipheriv("aes-256-gcm", key.bytes, Buffer.from(nonce, "base64url"), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString("utf8");
  } catch {
    // OpenSSL's reasons say nothing that helps.
    throw new RangeError("not sealed with this key for this context");
  }
}
