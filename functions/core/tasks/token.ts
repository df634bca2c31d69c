import { createHash, timingSafeEqual } from "node:crypto";
import { type TaskPath, taskPath } from "./path.ts";

/**
 * The task token is a master key (`vk_`); a presentation token (`vkp_`) is good for introspection by one tool server only, a delegation token
 * (`vkd_`) for one task of one sub-agent.
 */
export type TokenKind = "vk" | "vkp" | "vkd";

export interface ParsedToken {
  readonly kind: TokenKind;
  /** Claimed by the token: where to look, not yet proof. */
  readonly path: TaskPath;
  readonly hash: string;
}

const TOKEN = /^(vk[pd]?)_([a-z0-9.]{13,58})_([A-Za-z0-9_-]{43})$/;

/** `vk_<path>_<256 random bits>`: found without an index, recognised by secret scanners, stored only as a SHA-256. */
export function makeToken(kind: TokenKind, path: TaskPath, secret: Uint8Array): string {
  if (secret.length !== 32) throw new RangeError("a token takes 32 random bytes");
  return `${kind}_${path}_${Buffer.from(secret).toString("base64url")}`;
}

/** What a token says of itself, or nothing where it is not one of ours. */
export function parseToken(token: string): ParsedToken | undefined {
  const [, kind, pathText = "", secret = ""] = TOKEN.exec(token) ?? [];
  const path = taskPath(pathText);
  if (!path || (kind !== "vk" && kind !== "vkp" && kind !== "vkd")) return undefined;
  // 43 characters hold 258 bits: refuse the spellings whose last two bits are not zero, so that a token has one spelling.
  if (Buffer.from(secret, "base64url").toString("base64url") !== secret) return undefined;
  return { kind, path, hash: hashToken(token) };
}

export const hashToken = (token: string): string => createHash("sha256").update(token).digest("base64url");

/** Whether the hash is one of those, compared in constant time. */
export const isOneOf = (hash: string, hashes: readonly string[]): boolean =>
  hashes.map((known) => equal(hash, known)).some(Boolean);

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
