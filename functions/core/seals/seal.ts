import { createCipheriv, createDecipheriv } from "node:crypto";

/** Data key with the name of its version, which each sealed text carries. */
export interface SealingKey {
  /** Name of the version, without a dot. */
  readonly id: string;
  /** 32 bytes */
  readonly bytes: Uint8Array;
}

/**
 * Encrypts a text as `v1.<key id>.<nonce>.<ciphertext and tag>`: AES-256-GCM (NIST SP 800-38D), with the context as
 * additional data.
 * @param context name of the place that the text belongs to. The sealed text opens for the same context only.
 * @param nonce 12 random bytes, never used twice with one key.
 * @throws {RangeError} for another length of the nonce, or a dot in the key's id.
 */
export function seal(plain: string, context: string, key: SealingKey, nonce: Uint8Array): string {
  if (nonce.length !== 12 || key.id.includes("."))
    throw new RangeError("a seal takes 12 bytes and a key id without a dot");
  const cipher = createCipheriv("aes-256-gcm", key.bytes, nonce);
  cipher.setAAD(Buffer.from(context));
  const text = Buffer.concat([cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return ["v1", key.id, Buffer.from(nonce).toString("base64url"), text.toString("base64url")].join(".");
}

/** Returns the id of the key that a sealed text needs; undefined for another text. */
export function keyIdOf(sealed: string): string | undefined {
  const [version, id, nonce, text, ...more] = sealed.split(".");
  return version === "v1" && id && nonce && text && more.length === 0 ? id : undefined;
}

/** Decrypts a sealed text. @throws {RangeError} where the text was changed, or was sealed with another key or for another context. */
export function unseal(sealed: string, context: string, key: SealingKey): string {
  const [, , nonce = "", text = ""] = sealed.split(".");
  const bytes = Buffer.from(text, "base64url");
  try {
    // Fixes the tag's length: Node would accept a shorter tag, which is easier to guess.
    const decipher = createDecipheriv("aes-256-gcm", key.bytes, Buffer.from(nonce, "base64url"), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString("utf8");
  } catch {
    // OpenSSL's error names no useful reason.
    throw new RangeError("not sealed with this key for this context");
  }
}
