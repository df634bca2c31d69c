import * as oauth from "oauth4webapi";
import { Refusal } from "../../core/refusal.ts";
import { retryAfter } from "../http/retry-after.ts";

/** Error codes of RFC 6749 (5.2), 7009 (2.2.1), 8693 (2.2.2) and 8707 (2). No other text of a provider reaches the record. */
const CODES = new Set([
  "invalid_request",
  "invalid_client",
  "invalid_grant",
  "unauthorized_client",
  "unsupported_grant_type",
  "invalid_scope",
  "invalid_target",
  "unsupported_token_type",
  "temporarily_unavailable",
  "server_error",
  "slow_down",
]);
const PASSING = new Set(["temporarily_unavailable", "server_error", "slow_down"]);

/** Translates an error of an OAuth call into a refusal. Never copies a message, which may quote its input. */
export function oauthRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof oauth.ResponseBodyError) {
    const why = CODES.has(error.error) ? error.error : "an error of its own";
    return refusalFor(error.response, why, PASSING.has(error.error));
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError) return refusalFor(error.response, "invalid_client", false);
  if (error instanceof oauth.OperationProcessingError || error instanceof oauth.UnsupportedOperationError) {
    const why = error.code ?? "no answer of OAuth's";
    return error.cause instanceof Response ? refusalFor(error.cause, why, false) : refused(why);
  }
  // The library throws this for unusable arguments: the configuration is wrong.
  if (error instanceof TypeError && "code" in error) return refused("a configuration that cannot be used");
  return new Refusal("connector_unavailable", { why: nameOf(error), retryAfterSeconds: 1 });
}

function refusalFor({ status, headers }: Response, why: string, isPassing: boolean): Refusal {
  if (!isPassing && status !== 429 && status < 500) return refused(why);
  return new Refusal("connector_unavailable", { why, retryAfterSeconds: retryAfter(headers, Date.now()) });
}

const refused = (why: string): Refusal => new Refusal("connector_refused", { why });
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "unknown");
