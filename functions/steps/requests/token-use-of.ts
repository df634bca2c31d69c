import { createHash } from "node:crypto";
import type { Claims } from "../../core/identity/claims.ts";
import type { Issuer } from "../../core/identity/issuer.ts";
import type { TokenUse } from "../../core/tasks/tasks.ts";

/**
 * Names the use of a verified token, by its `jti` or, where it has none, by its signing input. Never by the signature: an ECDSA signature has a second
 * form that verifies too.
 * @param expiresAt expiry of the token; epoch seconds.
 */
export const tokenUseOf = (
  { jti }: Claims,
  signingInputHash: string,
  { name, replay, skewSeconds }: Pick<Issuer, "name" | "replay" | "skewSeconds">,
  expiresAt: number,
): TokenUse => ({
  issuer: name,
  id: typeof jti === "string" && jti !== "" ? `jti.${digest(jti)}` : `input.${signingInputHash}`,
  cap: replay.mode === "window" ? replay.cap : 1,
  expiresAt: Math.ceil(expiresAt) + skewSeconds,
});

const digest = (text: string): string => createHash("sha256").update(text).digest("base64url");
