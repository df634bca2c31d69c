import { createHash } from "node:crypto";
import type { HttpAnswer, HttpEvent } from "./event.ts";

/**
 * Marks an answer to a read with an ETag, and answers 304 without a body where the caller says that it has this very answer (RFC 9110, section 13.1.2).
 * It comes after everything else, so that whoever may not read is refused as ever, and the record of the request is the same.
 */
export function unlessKnown(event: Pick<HttpEvent, "routeKey" | "headers">, full: HttpAnswer): HttpAnswer {
  if (!event.routeKey.startsWith("GET ") || full.statusCode !== 200) return full;
  const etag = etagOf(full.body);
  const marked = { ...full, headers: { ...full.headers, etag } };
  return isKnown(event, etag) ? { ...marked, statusCode: 304, body: "" } : marked;
}

/** Makes the ETag of an answer from a text that changes whenever the answer does. */
export const etagOf = (text: string): string => `"${createHash("sha256").update(text).digest("base64url")}"`;

/** True where the caller says that it has the answer with this ETag. */
export const isKnown = ({ headers }: Pick<HttpEvent, "headers">, etag: string): boolean =>
  (headers["if-none-match"] ?? "").split(",").some((each) => each.trim().replace(/^W\//, "") === etag);
