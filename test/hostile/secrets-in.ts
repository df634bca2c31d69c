import { TOKEN_WITHIN } from "../../contract/names.ts";
import { CANARY_SECRET } from "../fakes/tasks/sessions.ts";

/** Lists the secrets in a text: tokens, credentials, and the claims and signatures of the given tokens. */
export function secretsIn(text: string, ...tokens: readonly string[]): readonly string[] {
  const parts = tokens.flatMap((token) => [token, ...token.split(".").slice(1)]).filter((part) => part.length >= 20);
  const patterns = [CANARY_SECRET, "canary-session-token", "SecretAccessKey"];
  const ours = text.match(new RegExp(TOKEN_WITHIN, "g")) ?? [];
  return [...ours, ...[...patterns, ...parts].filter((secret) => text.includes(secret))];
}
