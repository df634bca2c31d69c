import { LIMITS } from "../../contract/limits.ts";
import { Refusal, type RefusalDetail } from "../core/refusal.ts";
import { parseJson, RepeatedMember } from "../core/text/parse-json.ts";
import type { HttpEvent } from "./event.ts";

/**
 * Reads the parameters of an OAuth request, each at most once (RFC 6749, section 3.2); a parameter without a value counts as omitted.
 * @throws {Refusal} unsupported_media_type, body_too_large, malformed_request.
 */
export function readForm(event: HttpEvent): ReadonlyMap<string, string> {
  const text = readText(event, "application/x-www-form-urlencoded");
  refuseOddEscapes(text);
  const form = new Map<string, string>();
  const names = new Set<string>();
  // The ampersand keeps a question mark at the beginning, which URLSearchParams would drop.
  for (const [name, value] of new URLSearchParams(`&${text}`)) {
    // Repeats count even if empty: another parser may take the first value where this one takes the last.
    if (names.has(name)) throw new Refusal("malformed_request", { say: "A parameter is given more than once." });
    names.add(name);
    if (value !== "") form.set(name, value);
  }
  return form;
}

/** Refuses escapes that URLSearchParams tolerates (by replacing or keeping them), since two parsers may read them differently. */
function refuseOddEscapes(text: string): void {
  try {
    decodeURIComponent(text);
  } catch {
    throw new Refusal("malformed_request", { say: "The form holds a % that encodes nothing, or no UTF-8." });
  }
}

/** Words and example of the body that a route takes, for the refusal of a request without one. */
export interface Wanted {
  /** One sentence that names the fields. */
  readonly say: string;
  /** Body that the route accepts: `error_description` cannot quote JSON, since OAuth forbids the quotation mark there. */
  readonly example?: Readonly<Record<string, unknown>>;
}

/**
 * Reads a body that is a JSON object.
 * @param wanted added to each refusal, so that one answer names everything that the body needs.
 * @throws {Refusal} unsupported_media_type, body_too_large, malformed_request.
 */
export function readJson(event: HttpEvent, wanted?: Wanted): Readonly<Record<string, unknown>> {
  const text = readText(event, "application/json", wanted);
  const value = parse(text, wanted);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Refusal("malformed_request", detailOf("The body must be a JSON object.", wanted));
  }
  return value as Readonly<Record<string, unknown>>;
}

function parse(text: string, wanted: Wanted | undefined): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof RepeatedMember)
      throw new Refusal("malformed_request", { say: "The body names a member twice." });
    const fault = text.trim() === "" ? "The body must be JSON, and is empty." : "The body must be JSON.";
    throw new Refusal("malformed_request", detailOf(fault, wanted));
  }
}

const detailOf = (fault: string, wanted: Wanted | undefined): RefusalDetail => ({
  say: wanted ? `${fault} ${wanted.say}` : fault,
  ...(wanted?.example && { more: { example: wanted.example } }),
});

/**
 * Reads a body of a media type as text.
 * @param wanted added to the refusal of another media type.
 * @throws {Refusal} unsupported_media_type, body_too_large, malformed_request.
 */
export function readText(event: HttpEvent, mediaType: string, wanted?: Wanted): string {
  const [given, ...parameters] = (event.headers["content-type"] ?? "")
    .split(";")
    .map((part) => part.trim().toLowerCase());
  const isUtf8 = parameters.every((each) => !each.startsWith("charset") || /^charset="?utf-8"?$/.test(each));
  if (given !== mediaType || !isUtf8)
    throw new Refusal("unsupported_media_type", detailOf(`This route takes content-type: ${mediaType}.`, wanted));
  const bytes = bytesOf(event);
  try {
    // Keeps a byte-order mark: it is valid neither in JSON nor in the name of a parameter.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refusal("malformed_request", { say: "The body must be UTF-8." });
  }
}

/**
 * True for a body without content, or with an empty JSON object, under any media type.
 * @throws {Refusal} body_too_large.
 */
export const isEmptyBody = (event: HttpEvent): boolean => /^\s*(\{\s*\})?\s*$/.test(bytesOf(event).toString("utf8"));

/**
 * Decodes a body whose size is checked first: four characters of base64 are three bytes at most, and a character of
 * other text is a byte at least.
 * @throws {Refusal} body_too_large.
 */
function bytesOf({ body = "", isBase64Encoded }: HttpEvent): Buffer {
  const most = isBase64Encoded ? Math.ceil(LIMITS.bodyBytes / 3) * 4 : LIMITS.bodyBytes;
  if (body.length > most) throw new Refusal("body_too_large");
  const bytes = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  if (bytes.length > LIMITS.bodyBytes) throw new Refusal("body_too_large");
  return bytes;
}
