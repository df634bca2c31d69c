import { REASON_CHARACTERS } from "../../contract/limits.ts";
import { Refusal } from "../core/refusal.ts";
import { isPlainText } from "../core/text/plain-text.ts";
import type { HttpEvent } from "../http/event.ts";
import { readJson } from "../http/read-body.ts";

/**
 * Reads the reason of a request that must have one.
 * @param read reads the body, without its other fields.
 * @throws {Refusal} malformed_request.
 */
export function requiredReason(event: HttpEvent, read = readJson): string {
  const reason = reasonOf(read(event));
  if (reason !== undefined) return reason;
  throw malformed(
    `The one field is reason: a string of 1 to ${REASON_CHARACTERS} characters, not blank, without control characters.`,
  );
}

/**
 * Reads the reason of a request that may have one. A missing body, or an empty object under any media type, is no reason, so that no ending fails for it.
 * @param read reads the body, without its other fields.
 * @throws {Refusal} malformed_request.
 */
export function optionalReason(event: HttpEvent, read = readJson): string | undefined {
  const text = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8").toString("utf8");
  if (/^\s*(\{\s*\})?\s*$/.test(text)) return undefined;
  return reasonOf(read(event));
}

/** @throws {Refusal} malformed_request where there is another field, or the reason is no plain text. */
function reasonOf({ reason, ...others }: Readonly<Record<string, unknown>>): string | undefined {
  if (reason === undefined && Object.keys(others).length === 0) return undefined;
  const isReason =
    typeof reason === "string" && /\S/.test(reason) && [...reason].length <= REASON_CHARACTERS && isPlainText(reason);
  if (isReason && Object.keys(others).length === 0) return reason;
  throw malformed(
    `The one field is reason: a string of 1 to ${REASON_CHARACTERS} characters, not blank, without control characters.`,
  );
}

const malformed = (say: string): Refusal => new Refusal("malformed_request", { say });
