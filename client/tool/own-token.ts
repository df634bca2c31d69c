import { identityToken } from "../identity/identity-token.ts";
import type { IdentitySource } from "../identity/source.ts";
import { recordOf } from "../task/fields.ts";

/** Reads the server's own token, and again shortly before it expires; introspection takes a token more than once. */
export function ownToken(source: IdentitySource, audience: string, nowMs: () => number): () => Promise<string> {
  let kept: { readonly token: string; readonly untilMs: number } | undefined;
  return async () => {
    if (kept && nowMs() < kept.untilMs) return kept.token;
    const token = await identityToken(source, audience);
    kept = { token, untilMs: Math.min(expiryOf(token) - 30_000, nowMs() + 60_000) };
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
