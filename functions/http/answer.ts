import type { Refusal } from "../core/refusal.ts";
import type { HttpAnswer } from "./event.ts";

/**
 * Headers of every answer. No cache on the way may store it (RFC 6749, section 5.1). A browser must run nothing in an answer, even if a mistake puts a
 * script into the body or changes the type.
 */
const HEADERS = {
  "content-type": "application/json",
  "cache-control": "no-store",
  pragma: "no-cache",
  "x-content-type-options": "nosniff",
  "content-security-policy": "sandbox; default-src 'none'",
} as const;

export const answer = (
  statusCode: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer => ({
  statusCode,
  headers: { ...HEADERS, ...headers },
  body: body === undefined ? "" : JSON.stringify(body),
});

/** Writes a refusal as an OAuth error (RFC 6749, section 5.2) with valetkey's stable code. Denials let an agent correct its request. */
export function answerRefusal(refusal: Refusal, more: Readonly<Record<string, unknown>> = {}): HttpAnswer {
  const { retryAfterSeconds } = refusal.detail;
  const headers: Record<string, string> = {};
  if (refusal.status === 401) headers["www-authenticate"] = challengeOf(refusal);
  if (retryAfterSeconds !== undefined) headers["retry-after"] = String(retryAfterSeconds);
  return answer(refusal.status, { ...refusalBody(refusal), ...more }, headers);
}

/** Makes the body of a refusal. */
export function refusalBody({ error, sentence, code, detail }: Refusal) {
  const { denials, more } = detail;
  return { error, error_description: describable(sentence), code, ...(denials ? { denials } : {}), ...more };
}

/**
 * Builds `WWW-Authenticate`. No error code if the request had no token, and none of another specification (RFC 6750, section 3). For a sign-in that is not
 * enough: the error, and the permitted age of another sign-in (RFC 9470, section 3).
 */
function challengeOf({ error, detail }: Refusal): string {
  const realm = 'Bearer realm="valetkey"';
  if (error === "insufficient_user_authentication") return `${realm}, error="${error}", max_age="0"`;
  return error === "invalid_token" && !detail.lacksToken ? `${realm}, error="invalid_token"` : realm;
}

/** Replaces characters that RFC 6749, section 5.2, forbids in an `error_description`: all but printable ASCII, the quotation mark, the backslash. */
const describable = (sentence: string): string =>
  sentence
    .replaceAll('"', "'")
    .replaceAll("\\", "/")
    .replace(/[^\x20-\x7e]/gu, "?");
