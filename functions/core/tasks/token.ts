import { createHash, timingSafeEqual } from "node:crypto";
import { TOKEN } from "../../../contract/names.ts";
import { type TaskPath, taskPath } from "../task-path.ts";

/**
 * Kind of a token. `vk`: task token, which may do everything with its task. `vkp`: presentation token, which one tool
 * server may introspect. `vkd`: delegation token, which opens one task of one sub-agent.
 */
export type TokenKind = "vk" | "vkp" | "vkd";

export interface ParsedToken {
  readonly kind: TokenKind;
  /** Path that the token claims: it determines the record to read, and proves nothing. */
  readonly path: TaskPath;
  readonly hash: string;
}

/**
 * Makes a token, `vk_<path>_<256 random bits>`. The path finds its record without an index. Secret scanners recognise
 * the token, and only its SHA-256 is stored.
 * @param secret 32 random bytes.
 * @throws {RangeError} for another number of bytes.
 */
export function makeToken(kind: TokenKind, path: TaskPath, secret: Uint8Array): string {
  if (secret.length !== 32) throw new RangeError("a token takes 32 random bytes");
  return `${kind}_${path}_${Buffer.from(secret).toString("base64url")}`;
}

/** Parses a token; returns undefined for a text that is not a token of valetkey. */
export function parseToken(token: string): ParsedToken | undefined {
  const [, kind, pathText = "", secret = ""] = TOKEN.exec(token) ?? [];
  const path = taskPath(pathText);
  if (!path || (kind !== "vk" && kind !== "vkp" && kind !== "vkd")) return undefined;
  // 43 characters have 258 bits. Refuses the spellings whose last two bits are not zero, so that a token has one
  // spelling.
  if (Buffer.from(secret, "base64url").toString("base64url") !== secret) return undefined;
  return { kind, path, hash: hashToken(token) };
}

/** Computes the SHA-256 of a token, base64url. */
export const hashToken = (token: string): string => createHash("sha256").update(token).digest("base64url");

/** True where the hash is in the list; compares in constant time. */
export const isOneOf = (hash: string, hashes: readonly string[]): boolean =>
  hashes.map((known) => equal(hash, known)).some(Boolean);

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
