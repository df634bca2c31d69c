import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { canonicalJson } from "../../../contract/canonical-json.ts";

/** Kinds of records that are sealed. A seal of one kind is never a seal of another. */
export type SealedKind =
  | "task"
  | "task-token"
  | "presentation"
  | "delegation"
  | "connector-lease"
  | "approval-use"
  | "consent"
  | "acceptance";

/** Public key that verifies seals. */
export interface SealKey {
  /** First 8 characters of the public key's SHA-256, which each seal carries. */
  readonly id: string;
  /** Published form: the public key's DER (RFC 8410), as base64url text. */
  readonly text: string;
  readonly key: KeyObject;
}

/** Key that makes seals, with its public half. */
export interface SigningKey extends SealKey {
  readonly signing: KeyObject;
}

/** Shortest text of a key: 43 characters of 62 are 256 bits. */
const TEXT_CHARACTERS = 43;

/** PKCS #8 prefix of an Ed25519 private key's 32 bytes. Source: RFC 8410, section 7. */
const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

/** Derives the Ed25519 key from a secret's text. @throws {RangeError} for a text below 43 characters. */
export function signingKeyOf(text: string): SigningKey {
  if (text.length < TEXT_CHARACTERS) throw new RangeError(`a sealing text has ${TEXT_CHARACTERS} characters at least`);
  const seed = createHash("sha256").update(`${DOMAIN}\n${text}`).digest();
  const signing = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: "der", type: "pkcs8" });
  const key = createPublicKey(signing);
  return { ...sealKeyOf(key.export({ format: "der", type: "spki" }).toString("base64url")), signing };
}

/** Reads a public key from its published text. */
export function sealKeyOf(text: string): SealKey {
  const der = Buffer.from(text, "base64url");
  const id = createHash("sha256").update(der).digest("base64url").slice(0, 8);
  return { id, text, key: createPublicKey({ key: der, format: "der", type: "spki" }) };
}

/** Makes a seal, `v1.<key id>.<Ed25519 signature>` (RFC 8032), over the kind and the canonical JSON of the fields. */
export const sealWith = (key: SigningKey, kind: SealedKind, fields: object): string =>
  `${VERSION}.${key.id}.${sign(null, sealedText(kind, fields), key.signing).toString("base64url")}`;

/** Verifies that the seal is this key's, for exactly these fields. */
export function isSealedWith(key: SealKey, kind: SealedKind, fields: object, seal: string): boolean {
  const [, , signature = ""] = seal.split(".");
  return verify(null, sealedText(kind, fields), key.key, Buffer.from(signature, "base64url"));
}

/** Returns the id of the key that a seal names; undefined for another text. */
export function sealKeyIdOf(seal: string): string | undefined {
  const [version, id, signature, ...more] = seal.split(".");
  return version === VERSION && id && signature && more.length === 0 ? id : undefined;
}

const VERSION = "v1";
const DOMAIN = "valetkey seal v1";

const sealedText = (kind: SealedKind, fields: object): Buffer =>
  Buffer.from(`${DOMAIN}\n${kind}\n${canonicalJson(fields)}`);
