import { createHash, createHmac, pbkdf2Sync } from "node:crypto";

/** PostgreSQL's default, and the minimum of RFC 7677. More iterations would protect a weak password; this one is 256 random bits. */
const ITERATIONS = 4_096;

/**
 * Computes the verifier that a PostgreSQL server stores for a password (RFC 5802), in PostgreSQL's notation. The
 * verifier is sent in place of the password, so the server neither logs nor learns the password.
 * @param salt 16 random bytes.
 */
export function scramVerifier(password: string, salt: Uint8Array): string {
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, "sha256");
  const hmac = (text: string) => createHmac("sha256", salted).update(text).digest();
  const storedKey = createHash("sha256").update(hmac("Client Key")).digest("base64");
  const base64 = Buffer.from(salt).toString("base64");
  return `SCRAM-SHA-256$${ITERATIONS}:${base64}$${storedKey}:${hmac("Server Key").toString("base64")}`;
}
