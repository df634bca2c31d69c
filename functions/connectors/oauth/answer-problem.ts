import { isToken } from "../sealed-token.ts";
import type { OauthProvider, TokenAnswer } from "./oauth-providers.ts";

/**
 * Returns the reason why a provider's answer may not be handed out; undefined for a good answer. The reason is for the
 * record, and holds no text of the provider's.
 */
export function answerProblem(
  answer: TokenAnswer,
  requested: readonly string[],
  { maxTokenSeconds }: Pick<OauthProvider, "maxTokenSeconds">,
): string | undefined {
  const { token, tokenType, expiresInSeconds, scopes = requested, others } = answer;
  if (!isToken(token)) return "a token that cannot be sent";
  if (tokenType !== "bearer") return "a token of another type";
  // A second token would outlive the one that is revoked (RFC 6749, section 4.4.3; RFC 8693, section 2.2.1).
  if (others.length > 0) return "more tokens than one";
  if (scopes.length === 0) return "no scope";
  if (scopes.some((scope) => !requested.includes(scope))) return "other scopes than requested";
  if (expiresInSeconds === undefined) return "a token without a lifetime";
  return expiresInSeconds > 0 && expiresInSeconds <= maxTokenSeconds
    ? undefined
    : "a token that lives longer than configured";
}
