import { LIMITS } from "../core/intent/detail.ts";
import { Refusal } from "../core/refusal.ts";
import type { HttpEvent } from "./event.ts";

/**
 * The parameters of an OAuth request, each at most once (RFC 6749, section 3.2); a parameter without a value counts as omitted.
 * @throws {Refusal} unsupported_media_type, body_too_large, malformed_request.
 */
export function readForm(event: HttpEvent): ReadonlyMap<string, string> {
  const text = readText(event, "application/x-www-form-urlencoded");
  if (/%(?![0-9a-fA-F]{2})/.test(text))
    throw new Refusal("malformed_request", { say: "The form holds a % that encodes nothing." });
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (form.has(name)) throw new Refusal("malformed_request", { say: "A parameter is given more than once." });
    if (value !== "") form.set(name, value);
  }
  return form;
}

/**
 * A JSON object.
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
    return JSON.parse(text);
  } catch {
    throw new Refusal("malformed_request", { say: "The body must be JSON." });
  }
}

function readText(event: HttpEvent, mediaType: string): string {
  const [given = ""] = (event.headers["content-type"] ?? "").split(";");
  if (given.trim().toLowerCase() !== mediaType) throw new Refusal("unsupported_media_type");
  const bytes = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  if (bytes.length > LIMITS.bodyBytes) throw new Refusal("body_too_large");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Refusal("malformed_request", { say: "The body must be UTF-8." });
  }
}
