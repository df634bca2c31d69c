import type { Refusal } from "../core/refusal.ts";
import type { HttpAnswer } from "./event.ts";

/** Nothing that is answered may be kept by anybody on the way (RFC 6749, section 5.1). */
const HEADERS = { "content-type": "application/json", "cache-control": "no-store", pragma: "no-cache" } as const;

export const answer = (
  statusCode: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer => ({
  statusCode,
  headers: { ...HEADERS, ...headers },
  body: body === undefined ? "" : JSON.stringify(body),
});

/** OAuth's error (RFC 6749, section 5.2) with our stable code, and the denials from which an agent can correct itself. */
export function answerRefusal(refusal: Refusal, more: Readonly<Record<string, unknown>> = {}): HttpAnswer {
  const { denials, retryAfterSeconds } = refusal.detail;
  const headers: Record<string, string> = {};
  if (refusal.status === 401) headers["www-authenticate"] = challengeOf(refusal);
  if (retryAfterSeconds !== undefined) headers["retry-after"] = String(retryAfterSeconds);
  const body = {
    error: refusal.error,
    error_description: describable(refusal.sentence),
    code: refusal.code,
    ...(denials ? { denials } : {}),
    ...more,
  };
  return answer(refusal.status, body, headers);
}

/** RFC 6750, section 3: no error where no token was shown, and no error of another specification. */
function challengeOf({ error, detail }: Refusal): string {
  const realm = 'Bearer realm="valetkey"';
  return error === "invalid_token" && !detail.lacksToken ? `${realm}, error="invalid_token"` : realm;
}

/** The characters that RFC 6749, section 5.2, lets an `error_description` have: printable ASCII without the quotation mark and the backslash. */
const describable = (sentence: string): string =>
  sentence
    .replaceAll('"', "'")
    .replaceAll("\\", "/")
    .replace(/[^\x20-\x7e]/gu, "?");
