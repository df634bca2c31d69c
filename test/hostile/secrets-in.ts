import { CANARY_SECRET } from "../fakes/tasks/sessions.ts";

/** Lists the secrets in a text: tokens, credentials, and the claims and signatures of the given tokens. */
export function secretsIn(text: string, ...tokens: readonly string[]): readonly string[] {
  const parts = tokens.flatMap((token) => [token, ...token.split(".").slice(1)]).filter((part) => part.length >= 20);
  const patterns = [CANARY_SECRET, "canary-session-token", "SecretAccessKey"];
  const ours = text.match(/vk[pd]?_[a-z0-9.]{13,58}_[A-Za-z0-9_-]{43}/g) ?? [];
  return [...ours, ...[...patterns, ...parts].filter((secret) => text.includes(secret))];
}
