import { REASON_CHARACTERS } from "../../contract/limits.ts";
import { Refusal } from "../core/refusal.ts";
import { isPlainText } from "../core/text/plain-text.ts";
import type { HttpEvent } from "../http/event.ts";
import { isEmptyBody, readJson, type Wanted } from "../http/read-body.ts";

const WANTED: Wanted = {
  say: `The one field is reason: a string of 1 to ${REASON_CHARACTERS} characters, not blank, without control characters.`,
  example: { reason: "its key is in a public log" },
};

/**
 * Reads the reason of a request that must have one.
 * @param read reads the body, without its other fields.
 * @throws {Refusal} unsupported_media_type, body_too_large, malformed_request.
 */
export function requiredReason(event: HttpEvent, read = readJson): string {
  const reason = reasonOf(read(event, WANTED));
  if (reason !== undefined) return reason;
  throw malformed(WANTED.say);
}

/**
 * Reads the reason of a request that may have one. A missing body, or an empty object under any media type, is no reason, so that no ending fails for it.
 * @param read reads the body, without its other fields.
 * @throws {Refusal} unsupported_media_type, body_too_large, malformed_request.
 */
export function optionalReason(event: HttpEvent, read = readJson): string | undefined {
  return isEmptyBody(event) ? undefined : reasonOf(read(event, WANTED));
}

/** @throws {Refusal} malformed_request where there is another field, or the reason is no plain text. */
function reasonOf({ reason, ...others }: Readonly<Record<string, unknown>>): string | undefined {
  if (reason === undefined && Object.keys(others).length === 0) return undefined;
  const isReason =
    typeof reason === "string" && /\S/.test(reason) && [...reason].length <= REASON_CHARACTERS && isPlainText(reason);
  if (isReason && Object.keys(others).length === 0) return reason;
  throw malformed(WANTED.say);
}

const malformed = (say: string): Refusal => new Refusal("malformed_request", { say });
