import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { canonicalJson } from "../text/canonical-json.ts";

/** Kinds of records that are sealed. A seal of one kind is never a seal of another. */
export type SealedKind = "task" | "task-token" | "presentation" | "delegation" | "connector-lease";

/** A public key by which seals are verified. */
export interface SealKey {
  /** The first 8 characters of the SHA-256 of the public key: stands in each seal. */
  readonly id: string;
  /** The public key's DER (RFC 8410), as base64url text: what is published. */
  readonly text: string;
  readonly key: KeyObject;
}

/** A key that makes seals, with its public half. */
export interface SigningKey extends SealKey {
  readonly signing: KeyObject;
}

/** The fewest characters of a key's text: 43 of 62 are 256 bits. */
const TEXT_CHARACTERS = 43;

/** RFC 8410, section 7: what stands before the 32 bytes of an Ed25519 private key in PKCS #8. */
const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

/** The Ed25519 key that a secret's text stands for. @throws {RangeError} where the text is too short to be one. */
export function signingKeyOf(text: string): SigningKey {
  if (text.length < TEXT_CHARACTERS) throw new RangeError(`a sealing text has ${TEXT_CHARACTERS} characters at least`);
  const seed = createHash("sha256").update(`${DOMAIN}\n${text}`).digest();
  const signing = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: "der", type: "pkcs8" });
  const key = createPublicKey(signing);
  return { ...sealKeyOf(key.export({ format: "der", type: "spki" }).toString("base64url")), signing };
}

/** The key that was published as this text. */
export function sealKeyOf(text: string): SealKey {
  const der = Buffer.from(text, "base64url");
  const id = createHash("sha256").update(der).digest("base64url").slice(0, 8);
  return { id, text, key: createPublicKey({ key: der, format: "der", type: "spki" }) };
}

/** `v1.<key id>.<Ed25519 signature>` (RFC 8032) over the kind and the canonical JSON of the fields. */
export const sealWith = (key: SigningKey, kind: SealedKind, fields: object): string =>
  `${VERSION}.${key.id}.${sign(null, sealedText(kind, fields), key.signing).toString("base64url")}`;

/** Verifies that the seal is this key's, for exactly these fields. */
export function isSealedWith(key: SealKey, kind: SealedKind, fields: object, seal: string): boolean {
  const [, , signature = ""] = seal.split(".");
  return verify(null, sealedText(kind, fields), key.key, Buffer.from(signature, "base64url"));
}

/** The id of the key that a seal names, or nothing where the text is no seal. */
export function sealKeyIdOf(seal: string): string | undefined {
  const [version, id, signature, ...more] = seal.split(".");
  return version === VERSION && id && signature && more.length === 0 ? id : undefined;
}

const VERSION = "v1";
const DOMAIN = "valetkey seal v1";

const sealedText = (kind: SealedKind, fields: object): Buffer =>
  Buffer.from(`${DOMAIN}\n${kind}\n${canonicalJson(fields)}`);
