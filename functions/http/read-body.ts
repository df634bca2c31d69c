import { LIMITS } from "../../contract/limits.ts";
import { Refusal } from "../core/refusal.ts";
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

/**
 * Reads a body that is a JSON object.
 * @throws {Refusal} unsupported_media_type, body_too_large, malformed_request.
 */
export function readJson(event: HttpEvent): Readonly<Record<string, unknown>> {
  const text = readText(event, "application/json");
  const value = parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Refusal("malformed_request", { say: "The body must be a JSON object." });
  }
  return value as Readonly<Record<string, unknown>>;
}

function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    const say = error instanceof RepeatedMember ? "The body names a member twice." : "The body must be JSON.";
    throw new Refusal("malformed_request", { say });
  }
}

/**
 * Reads a body of a media type as text.
 * @throws {Refusal} unsupported_media_type, body_too_large, malformed_request.
 */
export function readText(event: HttpEvent, mediaType: string): string {
  const [given, ...parameters] = (event.headers["content-type"] ?? "")
    .split(";")
    .map((part) => part.trim().toLowerCase());
  const isUtf8 = parameters.every((each) => !each.startsWith("charset") || /^charset="?utf-8"?$/.test(each));
  if (given !== mediaType || !isUtf8) throw new Refusal("unsupported_media_type");
  const bytes = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  if (bytes.length > LIMITS.bodyBytes) throw new Refusal("body_too_large");
  try {
    // Keeps a byte-order mark: it is valid neither in JSON nor in the name of a parameter.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refusal("malformed_request", { say: "The body must be UTF-8." });
  }
}
