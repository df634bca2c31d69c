import { createHash, createHmac, pbkdf2Sync } from "node:crypto";

/** PostgreSQL's own default, and RFC 7677's least. More would protect a password that a person chose; this one is 256 random bits. */
const ITERATIONS = 4_096;

/**
 * What a PostgreSQL server keeps of a password (RFC 5802), in its own notation. It is sent in place of the password, which so stands in
 * no log of the server and cannot be had from it.
 * @param salt 16 random bytes.
 */
export function scramVerifier(password: string, salt: Uint8Array): string {
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, "sha256");
  const hmac = (text: string) => createHmac("sha256", salted).update(text).digest();
  const storedKey = createHash("sha256").update(hmac("Client Key")).digest("base64");
  const base64 = Buffer.from(salt).toString("base64");
  return `SCRAM-SHA-256$${ITERATIONS}:${base64}$${storedKey}:${hmac("Server Key").toString("base64")}`;
}
