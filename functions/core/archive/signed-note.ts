import { createHash, createPublicKey, verify } from "node:crypto";

/** Type of an Ed25519 signature in a note. https://c2sp.org/signed-note */
const ED25519 = 1;

/** Key that verifies notes. */
export interface VerifierKey {
  readonly name: string;
  /** Raw Ed25519 public key, 32 bytes. */
  readonly publicKey: Buffer;
}

/** Number of a key in a signature line, 4 bytes. */
function keyNumber({ name, publicKey }: VerifierKey): Buffer {
  const typed = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ED25519), publicKey]);
  return createHash("sha256").update(typed).digest().subarray(0, 4);
}

/** Writes a verifier key as `name+number+key`, the form that Go's `note` reads. */
export function verifierKeyText(key: VerifierKey): string {
  const typed = Buffer.concat([Buffer.of(ED25519), key.publicKey]);
  return `${key.name}+${keyNumber(key).toString("hex")}+${typed.toString("base64")}`;
}

/** Reads a verifier key. @returns undefined where the text is not an Ed25519 key, or its number is another key's. */
export function parseVerifierKey(text: string): VerifierKey | undefined {
  const [, name = "", number, encoded = ""] =
    /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(text.trim()) ?? [];
  const typed = Buffer.from(encoded, "base64");
  if (typed.length !== 33 || typed[0] !== ED25519) return undefined;
  const key = { name, publicKey: typed.subarray(1) };
  return keyNumber(key).toString("hex") === number ? key : undefined;
}

/**
 * Joins a text and its signature to a note.
 * @param text ends with a line feed.
 * @param signature Ed25519 signature over the text, 64 bytes.
 */
export const signedNote = (text: string, key: VerifierKey, signature: Uint8Array): string =>
  `${text}\n— ${key.name} ${Buffer.concat([keyNumber(key), signature]).toString("base64")}\n`;

/** Reads a note's text. @returns undefined where it has no signature by the key. */
export function openNote(note: string, key: VerifierKey): string | undefined {
  const at = note.lastIndexOf("\n\n");
  if (at < 0) return undefined;
  const [text, lines] = [note.slice(0, at + 1), note.slice(at + 2).split("\n")];
  if (lines.pop() !== "") return undefined;
  const signatures = lines.map((line) => /^— (\S+) ([A-Za-z0-9+/]+={0,2})$/.exec(line));
  if (signatures.some((signature) => signature === null)) return undefined;
  return signatures.some((signature) => signature?.[1] === key.name && isSigned(text, signature[2] ?? "", key))
    ? text
    : undefined;
}

function isSigned(text: string, encoded: string, key: VerifierKey): boolean {
  const bytes = Buffer.from(encoded, "base64");
  // Accepts one text for each signature: base64 with other padding bits is another text.
  if (bytes.toString("base64") !== encoded) return false;
  if (bytes.length !== 68 || !bytes.subarray(0, 4).equals(keyNumber(key))) return false;
  const jwk = { kty: "OKP", crv: "Ed25519", x: key.publicKey.toString("base64url") };
  return verify(null, Buffer.from(text), createPublicKey({ key: jwk, format: "jwk" }), bytes.subarray(4));
}
