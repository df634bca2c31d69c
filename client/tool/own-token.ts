import { identityToken } from "../identity/identity-token.ts";
import type { IdentitySource } from "../identity/source.ts";
import { recordOf } from "../task/fields.ts";

/** Reads the server's own token, and reads it again after a minute or shortly before it expires. Introspection accepts a token more than once. */
export function ownToken(source: IdentitySource, audience: string, nowMs: () => number): () => Promise<string> {
  let cached: { readonly token: string; readonly untilMs: number } | undefined;
  return async () => {
    if (cached && nowMs() < cached.untilMs) return cached.token;
    const token = await identityToken(source, audience);
    cached = { token, untilMs: Math.min(expiryOf(token) - 30_000, nowMs() + 60_000) };
    return token;
  };
}

function expiryOf(token: string): number {
  try {
    const { exp } = recordOf(JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()));
    return typeof exp === "number" ? exp * 1_000 : 0;
  } catch {
    return 0;
  }
}
