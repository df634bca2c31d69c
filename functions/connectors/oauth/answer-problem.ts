import { isToken } from "../kept-token.ts";
import type { OauthProvider, TokenAnswer } from "./oauth-providers.ts";

/** Why a provider's answer may not be handed out, or nothing. The words are for the record: none of them is the provider's. */
export function answerProblem(
  answer: TokenAnswer,
  asked: readonly string[],
  { maxTokenSeconds }: Pick<OauthProvider, "maxTokenSeconds">,
): string | undefined {
  const { token, tokenType, expiresInSeconds, scopes = asked, others } = answer;
  if (!isToken(token)) return "a token that cannot be sent";
  if (tokenType !== "bearer") return "a token of another type";
  // A second token would outlive the one that is revoked (RFC 6749, section 4.4.3; RFC 8693, section 2.2.1).
  if (others.length > 0) return "more tokens than one";
  if (scopes.length === 0) return "no scope";
  if (scopes.some((scope) => !asked.includes(scope))) return "other scopes than asked for";
  if (expiresInSeconds === undefined) return "a token that does not say how long it lives";
  return expiresInSeconds > 0 && expiresInSeconds <= maxTokenSeconds
    ? undefined
    : "a token that lives longer than configured";
}
